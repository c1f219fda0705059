import assert from "node:assert/strict";
import { test } from "node:test";
import type { InferMaps } from "../../../src/infer/infer-maps.ts";
import { codecFor } from "../../../src/values/compile-codec.ts";
import { type Equal, expectType } from "../../types/expect-type.ts";
import { compileC } from "../values/compile-c.ts";

// What is inferred from the text is a promise about what the codec reads. Here both see the same C: the
// compiler compares the value below with the inferred type, the test compares it with what was read.
const DECLARATIONS = `
enum kind { KIND_ONE = 1 };
typedef u8 mac_t[6];
typedef struct { s8 code; char tag; } small_t;
`;
const STRUCT = `
struct all_t {
    u8 a; s16 b; unsigned int c; long d; u64 e; unsigned __int128 f; bool g; enum kind h; size_t i;
    char text[8]; u8 bytes[4]; unsigned char more[2]; signed char deltas[2]; u16 ports[2], one;
    u64 grid[2][2]; char names[2][4]; mac_t mac, macs[2]; bool flags[2];
    struct sock *sk; void *stack[2]; int (*handler)(void *, int); char *string;
    u32 low : 4, : 3, high : 9; s32 minus : 5; u64 wide : 40; u64 narrow : 20; bool bit : 1;
    small_t small; struct { u32 x; union { u64 y; char z[4]; } in; } nested[1];
    union { u32 v4; u8 v6[16]; struct { u16 p, q; }; };
    double ratio; pid_t pid; dev_t dev; sector_t sector; __be32 address; umode_t mode; ktime_t when;
} __attribute__((packed));
`;

type All = InferMaps<`${typeof DECLARATIONS}${typeof STRUCT}BPF_HASH(m, u32, struct all_t);`>["m"]["value"];

const zero = {
  a: 0,
  b: 0,
  c: 0,
  d: 0n,
  e: 0n,
  f: 0n,
  g: false,
  h: 0,
  i: 0n,
  text: "",
  bytes: new Uint8Array(4),
  more: new Uint8Array(2),
  deltas: [0, 0],
  ports: [0, 0],
  one: 0,
  grid: [
    [0n, 0n],
    [0n, 0n],
  ],
  names: ["", ""],
  mac: new Uint8Array(6),
  macs: [new Uint8Array(6), new Uint8Array(6)],
  flags: [false, false],
  sk: 0n,
  stack: [0n, 0n],
  handler: 0n,
  string: 0n,
  low: 0,
  high: 0,
  minus: 0,
  wide: 0n,
  narrow: 0,
  bit: false,
  small: { code: 0, tag: 0 },
  nested: [{ x: 0, in: { y: 0n, z: "" } }],
  v4: 0,
  v6: new Uint8Array(16),
  p: 0,
  q: 0,
  ratio: 0,
  pid: 0,
  dev: 0,
  sector: 0n,
  address: 0,
  mode: 0,
  when: 0n,
};

// Uint8Array has a parameter since TypeScript 5.7 that neither side means.
type Plain<T> = T extends Uint8Array
  ? "bytes"
  : T extends (infer E)[]
    ? Plain<E>[]
    : T extends object
      ? { [K in keyof T]: Plain<T[K]> }
      : T;
expectType<Equal<Plain<typeof zero>, Plain<All>>>();

/** The kernel's names, as its headers define them on a 64-bit machine. */
const KERNEL_TYPES = `
typedef unsigned char u8; typedef signed char s8; typedef unsigned short u16; typedef short s16;
typedef unsigned int u32; typedef int s32; typedef unsigned long long u64; typedef long long s64;
typedef _Bool bool; typedef unsigned long size_t; typedef int pid_t; typedef u32 dev_t; typedef u64 sector_t;
typedef u32 __be32; typedef unsigned short umode_t; typedef s64 ktime_t;
`;

test("the inferred type is that of the value which the codec reads", () => {
  const text = `${KERNEL_TYPES}${DECLARATIONS}struct sock;${STRUCT}struct all_t value;`;
  const { btf, variableType } = compileC(text);
  const codec = codecFor(btf, variableType("value"));
  assert.ok(codec.size > 200, "the struct is complete");
  assert.deepEqual(codec.decode(new DataView(new ArrayBuffer(codec.size)), 0), zero);
});
