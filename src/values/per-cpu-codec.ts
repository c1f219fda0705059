import type { Codec } from "./codec.ts";
import { CompiledCodec } from "./compile-codec.ts";
import { ValueError } from "./value-error.ts";

/** Bytes from one CPU's value to the next: the kernel rounds the size of a value up to 8. */
export function perCpuStride(size: number): number {
  return Math.ceil(size / 8) * 8;
}

/** The codec of a per-CPU map's value: an array with one value for each possible CPU. */
export function perCpuCodec<V>(value: Codec<V>, cpus: number): Codec<V[]> {
  return value instanceof CompiledCodec ? new PerCpuCodec<V>(value, cpus) : perCpuOfAny(value, cpus);
}

/** As an array of the values' shape, its decoding is compiled into the loop over a whole map. */
class PerCpuCodec<V> extends CompiledCodec<V[]> {
  readonly #value: CompiledCodec<V>;
  readonly #cpus: number;

  constructor(value: CompiledCodec<V>, cpus: number) {
    const stride = perCpuStride(value.size);
    const shape = { kind: "list", of: value.shape, count: cpus, size: stride * cpus, stride } as const;
    super(shape, typeNameOn(value, cpus));
    this.#value = value;
    this.#cpus = cpus;
  }

  override encode(values: V[], view: DataView, offset: number): void {
    encodeAll(this.#value, this.#cpus, values, view, offset);
  }
}

function perCpuOfAny<V>(value: Codec<V>, cpus: number): Codec<V[]> {
  const stride = perCpuStride(value.size);
  const decode = (view: DataView, offset: number) => value.decodeMany(view, offset, stride, cpus);
  return {
    size: stride * cpus,
    typeName: typeNameOn(value, cpus),
    decode,
    decodeMany(view, offset, step, count) {
      return Array.from({ length: count }, (_, index) => decode(view, offset + index * step));
    },
    encode: (values, view, offset) => encodeAll(value, cpus, values, view, offset),
  };
}

function typeNameOn(value: Codec<unknown>, cpus: number): string {
  return `${value.typeName} on ${cpus} CPUs`;
}

function encodeAll<V>(codec: Codec<V>, cpus: number, values: V[], view: DataView, offset: number): void {
  if (!Array.isArray(values) || values.length !== cpus) {
    throw new ValueError("", `must be an array with one value for each of the ${cpus} possible CPUs`);
  }
  const stride = perCpuStride(codec.size);
  for (let at = offset; at < offset + stride * cpus; at++) view.setUint8(at, 0);
  for (const [cpu, each] of values.entries()) encodeOne(codec, each, view, offset + cpu * stride, cpu);
}

function encodeOne<V>(codec: Codec<V>, value: V, view: DataView, offset: number, cpu: number): void {
  try {
    codec.encode(value, view, offset);
  } catch (error) {
    throw error instanceof ValueError ? error.within(`[${cpu}]`) : error;
  }
}
