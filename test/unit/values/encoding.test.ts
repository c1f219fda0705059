import assert from "node:assert/strict";
import { test } from "node:test";
import { BpfError } from "../../../src/errors.ts";
import { bytesCodec, codecFor } from "../../../src/values/compile-codec.ts";
import { pairDecoder } from "../../../src/values/decode-pairs.ts";
import { perCpuCodec, perCpuStride } from "../../../src/values/per-cpu-codec.ts";
import { ValueError } from "../../../src/values/value-error.ts";
import { compileC } from "./compile-c.ts";

const c = compileC(`
  typedef unsigned int u32; typedef unsigned long long u64; typedef unsigned char u8;
  struct sock;
  struct flow { u32 saddr; unsigned short port; char name[4]; u64 bytes; u8 mac[6]; int list[3]; };
  struct either { u32 kind; union { u32 v4; u8 v6[16]; struct { u32 low; u32 high; }; }; };
  struct bits { int a : 3; unsigned int b : 5; _Bool c : 1; u64 d : 40; };
  struct open { u32 length; char data[]; };
  struct masked { union { char text[8]; u64 word; _Bool flag; float real; }; };
  union certain { _Bool flag; struct { u8 low : 1; u8 : 7; }; }; union certain certain;
  u32 word; int number; u64 wide; long whole; _Bool flag; double real; char letter; char text[4]; u8 raw[3];
  struct flow flow; struct either either; struct bits bits; struct open open; struct masked masked;
  struct sock *sock; char names[2][4]; void (*function)(void);
`);

const codec = (name: string) => codecFor(c.btf, c.variableType(name));

function write(name: string, value: unknown): Uint8Array {
  const { size, encode } = codec(name);
  const bytes = new Uint8Array(size).fill(0xff);
  codec(name).encode(value, new DataView(bytes.buffer), 0);
  assert.equal(encode.length, 3);
  return bytes;
}

const flow = { saddr: 1, port: 2, name: "ab", bytes: 3n, mac: new Uint8Array(6), list: [1, -2, 3] };

// variable, value, path and reason of the refusal
const refused: [string, unknown, string, RegExp][] = [
  ["word", -1, "", /-1 is not between 0 and 4294967295/],
  ["word", 2 ** 32, "", /4294967296 is not between/],
  ["word", 1.5, "", /1.5 is not a whole number/],
  ["word", Number.NaN, "", /not a whole number/],
  ["word", 1n, "", /is a bigint instead of a number/],
  ["word", "1", "", /is a string instead of a number/],
  ["word", undefined, "", /is missing/],
  ["number", -(2 ** 31) - 1, "", /not between -2147483648 and 2147483647/],
  ["wide", -1n, "", /-1 is not between 0 and 18446744073709551615/],
  ["wide", 2n ** 64n, "", /is not between/],
  ["wide", -1, "", /is not between/],
  ["wide", 2 ** 53, "", /not exact as a number/],
  ["wide", 0.5, "", /not a whole number/],
  ["wide", "1", "", /a string instead of a bigint/],
  ["wide", true, "", /a boolean instead of a bigint/],
  ["whole", 2n ** 63n, "", /not between -9223372036854775808 and 9223372036854775807/],
  ["flag", 1, "", /a number instead of a boolean/],
  ["real", 1n, "", /a bigint instead of a number/],
  ["text", "abcde", "", /has 5 bytes, and only 4 fit/],
  ["text", "äää", "", /has 6 bytes, and only 4 fit/],
  ["text", "a\0b", "", /NUL inside/],
  ["text", 5, "", /a number instead of a string or Uint8Array/],
  ["raw", new Uint8Array(2), "", /has 2 bytes instead of 3/],
  ["raw", "abc", "", /a string instead of a Uint8Array of 3/],
  ["flow", null, "", /is null instead of an object/],
  ["flow", 5, "", /a number instead of an object/],
  ["flow", { ...flow, saddr: undefined }, ".saddr", /is missing/],
  ["flow", { ...flow, list: [1, 2] }, ".list", /has 2 elements instead of 3/],
  ["flow", { ...flow, list: 5 }, ".list", /a number instead of an array of 3/],
  ["flow", { ...flow, list: [1, 2, 2 ** 31] }, ".list[2]", /is not between/],
  ["flow", { ...flow, port: 65536 }, ".port", /is not between 0 and 65535/],
  ["names", ["ok", "too long"], "[1]", /only 4 fit/],
  ["either", { kind: 1 }, "", /needs one member of the union: v4, v6, low/],
  ["either", { kind: 1, low: 5 }, ".high", /is missing/],
  ["either", { kind: 1, v4: 1, low: 2, high: 3 }, "", /members v4, low of the union have different bytes/],
  ["bits", { a: 4, b: 0, c: false, d: 0n }, ".a", /not between -4 and 3/],
  ["bits", { a: 0, b: 32, c: false, d: 0n }, ".b", /not between 0 and 31/],
  ["bits", { a: 0, b: 0, c: 1, d: 0n }, ".c", /instead of a boolean/],
  ["bits", { a: 0, b: 0, c: true, d: 2n ** 40n }, ".d", /not between 0 and 1099511627775/],
];

for (const [name, value, path, reason] of refused) {
  test(`${name} refuses ${String(reason)}`, () => {
    assert.throws(
      () => write(name, value),
      (error: unknown) => {
        assert(error instanceof ValueError && error.code === "VALUE");
        assert.equal(error.path, path);
        assert.match(error.reason, reason);
        assert.equal(error.within("key").message, `key${path}: ${error.reason}`);
        return true;
      },
    );
  });
}

// variable, value, bytes
const written: [string, unknown, string][] = [
  ["word", 2 ** 32 - 1, "ffffffff"],
  ["number", -2, "feffffff"],
  ["wide", 2n ** 64n - 1n, "ffffffffffffffff"],
  ["wide", 258, "0201000000000000"],
  ["whole", -1, "ffffffffffffffff"],
  ["sock", 0xffff888012345678n, "78563412" + "8088ffff"],
  ["function", 1n, "0100000000000000"],
  ["letter", 65, "41"],
  ["text", "abcd", "61626364"],
  ["text", "a", "61000000"],
  ["text", "a\0\0", "61000000"],
  ["text", Uint8Array.of(255, 0, 1), "ff000100"],
  ["raw", Uint8Array.of(1, 2, 3), "010203"],
  ["either", { kind: 1, v4: 2 }, `0100000002000000${"00".repeat(12)}`],
  ["either", { kind: 1, low: 2, high: 3 }, `010000000200000003000000${"00".repeat(8)}`],
  ["either", { kind: 1, v4: 2, low: 2, high: 3 }, `010000000200000003000000${"00".repeat(8)}`],
  ["bits", { a: -1, b: 1, c: true, d: 1n }, "0f03000000000000"],
  ["open", { length: 5 }, "05000000"],
  ["masked", { text: "a", word: 0xff0061n }, "6100ff0000000000"],
];

for (const [name, value, hex] of written) {
  test(`${name} is written as ${hex}`, () => {
    assert.equal(Buffer.from(write(name, value)).toString("hex"), hex);
  });
}

test("padding is zero although the memory was not", () => {
  const bytes = write("flow", flow);
  assert.deepEqual([...bytes.subarray(10, 16)], [0, 0, 0, 0, 0, 0]);
});

test("what a union decodes to can be written again, whatever its bytes", () => {
  for (const hex of [
    "ff00ff0000000000",
    "05ffc07f01020304",
    "000000000000f87f",
    "6162636465666768",
    "0100a07f00000000",
  ]) {
    const bytes = Buffer.from(hex, "hex");
    const value = codec("masked").decode(new DataView(Uint8Array.from(bytes).buffer), 0);
    assert.equal(Buffer.from(write("masked", value)).toString("hex"), hex);
  }
});

test("what makes a boolean true are bits that no other member of the union decides", () => {
  const value = { flag: true, low: 0 };
  assert.deepEqual(codec("certain").decode(new DataView(Uint8Array.of(0x8c).buffer), 0), value);
  const bytes = write("certain", value);
  assert.deepEqual(codec("certain").decode(new DataView(bytes.buffer), 0), value);
});

test("text that is no UTF-8 is read without loss", () => {
  const view = new DataView(Uint8Array.of(0x61, 0xe2, 0x82, 0xff).buffer);
  const text = codec("text").decode(view, 0);
  assert.equal(text, "a\udce2\udc82\udcff");
  assert.deepEqual(write("text", text), new Uint8Array(view.buffer));
});

test("texts that were met before are told apart by all their bytes", () => {
  const name = codecFor<string>(c.btf, c.variableType("text"));
  for (let turn = 0; turn < 2; turn++) {
    for (let index = 0; index < 5000; index++) {
      const text = index.toString(36);
      assert.equal(name.decode(new DataView(write("text", text).buffer), 0), text);
    }
  }
});

test("types have a C spelling", () => {
  assert.equal(codec("sock").typeName, "struct sock *");
  assert.equal(codec("open").openEnded, true);
  assert.equal(codec("flow").openEnded, false);
});

test("types without values in memory are refused", () => {
  const struct = c.btf.find("fwd", "sock") ?? 0;
  for (const id of [0, struct]) {
    assert.throws(
      () => codecFor(c.btf, id),
      (error: unknown) => error instanceof BpfError && error.code === "TYPE",
    );
  }
});

test("values of all CPUs lie eight bytes apart or a multiple", () => {
  const word = codecFor<number>(c.btf, c.variableType("word"));
  const each = perCpuCodec(word, 3);
  assert.equal(each.size, 24);
  assert.equal(perCpuStride(17), 24);
  const view = new DataView(new ArrayBuffer(24));
  each.encode([1, 2, 3], view, 0);
  assert.equal(view.getUint32(8, true), 2);
  assert.deepEqual(each.decode(view, 0), [1, 2, 3]);
  const refusal = (values: number[], path: string) =>
    assert.throws(
      () => each.encode(values, view, 0),
      (error: unknown) => error instanceof ValueError && error.path === path,
    );
  refusal([1, 2], "");
  refusal([1, 2, -3], "[2]");
});

test("pairs are decoded by one loop, with codecs of any kind", () => {
  const word = codecFor<number>(c.btf, c.variableType("word"));
  const keys = new DataView(Uint32Array.of(1, 2).buffer);
  const values = new DataView(Uint32Array.of(3, 0, 4, 0).buffer);
  assert.deepEqual(pairDecoder(word, word)(keys, values, 8, 2), [
    [1, 3],
    [2, 4],
  ]);
  assert.deepEqual(pairDecoder(word, perCpuCodec(word, 1))(keys, values, 8, 2), [
    [1, [3]],
    [2, [4]],
  ]);
  assert.deepEqual(pairDecoder(bytesCodec(4), word)(keys, values, 8, 1), [[Uint8Array.of(1, 0, 0, 0), 3]]);
});
