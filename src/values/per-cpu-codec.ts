import type { Codec } from "./codec.ts";
import { ValueError } from "./value-error.ts";

/** Bytes from one CPU's value to the next: the kernel rounds the size of a value up to 8. */
export function perCpuStride(size: number): number {
  return Math.ceil(size / 8) * 8;
}

/** The codec of a per-CPU map's value: an array with one value for each possible CPU. */
export function perCpuCodec<V>(value: Codec<V>, cpus: number): Codec<V[]> {
  const stride = perCpuStride(value.size);
  const size = stride * cpus;
  const decode = (view: DataView, offset: number) => value.decodeMany(view, offset, stride, cpus);
  return {
    size,
    typeName: `${value.typeName} on ${cpus} CPUs`,
    decode,
    decodeMany(view, offset, step, count) {
      return Array.from({ length: count }, (_, index) => decode(view, offset + index * step));
    },
    encode(values, view, offset) {
      if (!Array.isArray(values) || values.length !== cpus) {
        throw new ValueError("", `must be an array with one value for each of the ${cpus} possible CPUs`);
      }
      for (let at = offset; at < offset + size; at++) view.setUint8(at, 0);
      for (const [cpu, each] of values.entries()) encodeOne(value, each, view, offset + cpu * stride, cpu);
    },
  };
}

function encodeOne<V>(codec: Codec<V>, value: V, view: DataView, offset: number, cpu: number): void {
  try {
    codec.encode(value, view, offset);
  } catch (error) {
    throw error instanceof ValueError ? error.within(`[${cpu}]`) : error;
  }
}
