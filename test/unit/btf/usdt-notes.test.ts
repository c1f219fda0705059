import assert from "node:assert/strict";
import { test } from "node:test";
import { ElfSectionReader } from "../../../src/btf/elf-section-reader.ts";
import { usdtNotes } from "../../../src/btf/usdt-notes.ts";
import { elfOf, note, ONE, OTHER, type Part, TWO } from "./made-notes.ts";

function notesOf(file: Buffer) {
  return usdtNotes(new ElfSectionReader((offset, length) => file.subarray(offset, offset + length)));
}

const part = (bytes: Buffer): Part => ({ name: ".note.stapsdt", address: 0, bytes });

test("notes of a file that was not moved", () => {
  assert.deepEqual(notesOf(elfOf([part(Buffer.concat([ONE, OTHER, TWO]))])), [
    { provider: "libc", name: "setjmp", address: 0x1000, semaphore: 0, arguments: "8@%rdi -4@%esi" },
    { provider: "app", name: "begin", address: 0x1100, semaphore: 0x4000, arguments: "" },
  ]);
});

test("a file that was prelinked", () => {
  const base = { name: ".stapsdt.base", address: 0x52000, bytes: Buffer.alloc(1) };
  const addresses = notesOf(elfOf([base, part(Buffer.concat([ONE, TWO]))])).map((n) => [
    n.address,
    n.semaphore,
  ]);
  assert.deepEqual(addresses, [
    [0x51000, 0],
    [0x51100, 0x54000],
  ]);
});

test("a file without probes", () => {
  assert.deepEqual(notesOf(elfOf([])), []);
});

const DAMAGED: readonly [title: string, bytes: Buffer][] = [
  ["a name without an end", note("stapsdt", 3, [1n, 2n, 3n], "provider")],
  ["no arguments", note("stapsdt", 3, [1n, 2n, 3n], "p\0name\0")],
  ["too short", note("stapsdt", 3, [1n], "p\0n\0")],
  ["longer than its section", ONE.subarray(0, ONE.length - 8)],
  ["an owner of 4 GB", Buffer.from("ffffffff0000000003000000", "hex")],
];

for (const [title, bytes] of DAMAGED) {
  test(`damaged: ${title}`, () => {
    assert.throws(() => notesOf(elfOf([part(bytes)])), { name: "BpfError", code: "ELF" });
  });
}
