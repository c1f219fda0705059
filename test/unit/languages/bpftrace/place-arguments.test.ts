// Where the calling conventions put arguments.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Btf } from "../../../../src/btf/btf.ts";
import { placeArguments } from "../../../../src/languages/bpftrace/place-arguments.ts";
import { BtfBuilder } from "../../btf/build-btf.ts";

const FLOAT = 16;
const builder = new BtfBuilder();
const int = builder.int("int", 4, 1);
const char = builder.int("char", 1, 1);
const long = builder.int("long", 8, 1);
const wide = builder.int("__int128", 16, 1);
const float = builder.add(FLOAT, "float", 4);
const double = builder.add(FLOAT, "double", 8);
const longDouble = builder.add(FLOAT, "long double", 16);
const pointer = builder.pointer(0);
const pair = builder.struct("pair", 16, [
  ["x", long, 0],
  ["y", int, 64],
]);
const big = builder.struct("big", 24, [
  ["a", long, 0],
  ["b", long, 64],
  ["c", long, 128],
]);
const vector = builder.struct("vector", 8, [
  ["x", float, 0],
  ["y", float, 32],
]);
const mixed = builder.struct("mixed", 16, [
  ["d", double, 0],
  ["i", int, 64],
]);
const packed = builder.struct("packed", 5, [
  ["c", char, 0],
  ["i", int, 8],
]);
const bits = builder.struct("bits", 4, [
  ["a", int, 3 << 24, 0],
  ["b", int, (5 << 24) | 3, 0],
]);
const text = builder.struct("text", 12, [["bytes", builder.array(char, 12), 0]]);
const btf = Btf.parse(builder.bytes());

type Place = ReturnType<typeof placeArguments>[number];
const short = (place: Place): string =>
  place.kind === "registers"
    ? `r${place.first}${place.count === 1 ? "" : `+${place.count}`}`
    : place.kind === "stack"
      ? `s${place.offset}`
      : place.kind === "reference"
        ? `*r${place.register}`
        : "f";

const CASES: readonly (readonly [types: number[], x86: string, arm: string])[] = [
  [[int, pointer, char], "r0 r1 r2", "r0 r1 r2"],
  [[double, int, float, long], "f r0 f r1", "f r0 f r1"],
  [[pair, int], "r0+2 r2", "r0+2 r2"],
  [[int, big, int], "r0 s0 r1", "r0 *r1 r2"],
  [[vector, int], "f r0", "f r0"],
  [[mixed, int], "f r1", "r0+2 r2"],
  [[packed, int], "s0 r0", "r0 r1"],
  [[text, int], "r0+2 r2", "r0+2 r2"],
  [[longDouble, int], "s0 r0", "f r0"],
  // One that does not fit leaves the last register to those behind it; on ARM it does not.
  [
    [long, long, long, long, long, pair, int, int, int],
    "r0 r1 r2 r3 r4 s0 r5 s16 s24",
    "r0 r1 r2 r3 r4 r5+2 r7 s0 s8",
  ],
  [
    [long, long, long, long, long, long, long, pair, int],
    "r0 r1 r2 r3 r4 r5 s0 s8 s24",
    "r0 r1 r2 r3 r4 r5 r6 s0 s16",
  ],
  [[int, wide], "r0 r1+2", "r0 r2+2"],
];

for (const [types, x86, arm] of CASES) {
  test(`${x86}; ${arm}`, () => {
    assert.equal(placeArguments(btf, types, "x86_64").map(short).join(" "), x86);
    assert.equal(placeArguments(btf, types, "aarch64").map(short).join(" "), arm);
  });
}

test("a struct of bit-fields is one number", () => {
  assert.equal(placeArguments(btf, [bits, int], "x86_64").map(short).join(" "), "r0 r1");
});
