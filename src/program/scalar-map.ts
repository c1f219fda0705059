import type { TypedMap } from "./tir.ts";

/** Bytes before the value in a map that is one value: whether anything was stored. */
export const FLAG_BYTES = 8;

/** True for a map that is one value. */
export function isScalar({ kind }: TypedMap): boolean {
  return kind === "scalar" || kind === "percpu-scalar";
}
