import assert from "node:assert/strict";
import { test } from "node:test";
import { readLineInfo } from "../../../src/btf/btf-ext.ts";
import { elfMachine, elfSection, elfSections } from "../../../src/btf/elf.ts";
import { BpfError } from "../../../src/errors.ts";
import { compileObject } from "./compile-object.ts";

const TEXT = `static long (*print)(const char *, int, ...) = (void *)6;
char text_of_license[] __attribute__((section("license"))) = "GPL";
int zero[4];
__attribute__((section("kprobe/one"))) int one(void *ctx) {
  char text[] = "x";
  print(text, 2);
  return 0;
}
__attribute__((section("kprobe/two"))) int two(void *ctx) {
  return 7;
}
`;
const object = compileObject(TEXT);

test("sections by name", () => {
  assert.equal(Buffer.from(elfSection(object, "license") ?? []).toString(), "GPL\0");
  assert.equal(elfSection(object, "kprobe/two")?.length, 16);
  assert.equal(elfSection(object, "nothing"), undefined);
  assert.equal(elfMachine(object), 247);
});

test("a section without bytes in the file is empty", () => {
  const bss = elfSections(object).find(({ name }) => name === ".bss") ?? assert.fail("no .bss");
  assert.equal(bss.type, 8);
  assert.equal(bss.data.length, 0);
});

test("line information leads from an instruction to its line", () => {
  const lines = readLineInfo(object);
  assert.deepEqual([...lines.keys()].sort(), ["kprobe/one", "kprobe/two"]);
  const one = lines.get("kprobe/one") ?? [];
  const call = one.find(({ text }) => text.includes("print(text, 2)")) ?? assert.fail("no call");
  assert.deepEqual([call.line, call.column], [6, 3]);
  assert.match(call.file, /text\.c$/);
  const code = elfSection(object, "kprobe/one") ?? assert.fail("no code");
  // 0x85 is the opcode of a call: one of the line's instructions is it.
  const next = one[one.indexOf(call) + 1]?.instruction ?? code.length / 8;
  const opcodes = Array.from({ length: next - call.instruction }, (_, i) => code[(call.instruction + i) * 8]);
  assert.ok(opcodes.includes(0x85), `${opcodes}`);
  assert.deepEqual(
    lines.get("kprobe/two")?.map(({ instruction, line, text }) => [instruction, line, text]),
    [[0, 10, "  return 7;"]],
  );
});

test("an object without -g has no line information", () => {
  const bare = compileObject("int x(void) { return 1; }", ["-g0"]);
  assert.deepEqual(readLineInfo(bare), new Map());
});

const damages: [title: string, bytes: () => Buffer][] = [
  ["nothing", () => Buffer.alloc(0)],
  ["text", () => Buffer.from("#!/bin/sh\n".repeat(20))],
  ["32 bits", () => changed((b) => b.writeUInt8(1, 4))],
  ["the other byte order", () => changed((b) => b.writeUInt8(2, 5))],
  ["a section table outside", () => changed((b) => b.writeBigUInt64LE(1n << 40n, 40))],
  ["too many sections", () => changed((b) => b.writeUInt16LE(60_000, 60))],
  ["no section of names", () => changed((b) => b.writeUInt16LE(59_999, 62))],
  ["cut off", () => object.subarray(0, object.length - 100)],
];

function changed(change: (bytes: Buffer) => unknown): Buffer {
  const bytes = Buffer.from(object);
  change(bytes);
  return bytes;
}

for (const [title, bytes] of damages) {
  test(`refuses ${title}`, () => {
    assert.throws(
      () => elfSections(bytes()),
      (error) => BpfError.is(error) && error.code === "ELF",
    );
  });
}
