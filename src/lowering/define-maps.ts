import { FLAG_BYTES, isScalar } from "../program/scalar-map.ts";
import type { TypedMap } from "../program/tir.ts";
import { sizeOfType } from "../program/type-layout.ts";

const MAP_TYPES = {
  hash: 1,
  lru: 9,
  "percpu-hash": 5,
  "percpu-lru": 10,
  scalar: 2,
  "percpu-scalar": 6,
} as const;

const STACKS = 8192;
const NO_PREALLOCATION = 1;

/** A map of the script, in C. */
export function mapDefinition(map: TypedMap): string {
  const key = isScalar(map) ? 4 : sizeOfType(map.key ?? { kind: "none" });
  const value = sizeOfType(map.value) + (isScalar(map) ? FLAG_BYTES : 0);
  // Memory for all keys at once would take long to get when there may be many.
  const flags =
    (map.kind === "hash" || map.kind === "percpu-hash") && map.entries > 65_536 ? NO_PREALLOCATION : 0;
  return definition(map.table, MAP_TYPES[map.kind], key, Math.max(1, value), map.entries, flags);
}

function definition(
  name: string,
  type: number,
  key: number,
  value: number,
  entries: number,
  flags = 0,
): string {
  const extra = flags === 0 ? "" : ` __uint(map_flags, ${flags});`;
  return `struct { __uint(type, ${type}); __uint(key_size, ${key}); __uint(value_size, ${value}); __uint(max_entries, ${entries});${extra} } ${name} SEC(".maps");`;
}

/** Where stacks of so many frames are kept. */
export function stackMap(depth: number): string {
  return definition(`bt_stacks_${depth}`, 7, 4, 8 * depth, STACKS);
}

/** What programs keep that has no room on their stacks. */
export function scratchMap(size: number, programs: number): string {
  return definition("bt_frames", MAP_TYPES["percpu-scalar"], 4, Math.ceil(size / 8) * 8, programs);
}

export function ring(name: string, bytes: number): string {
  return `struct { __uint(type, 27); __uint(max_entries, ${bytes}); } ${name} SEC(".maps");`;
}
