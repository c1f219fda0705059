import assert from "node:assert/strict";
import { test } from "node:test";
import { ElfSectionReader } from "../../../src/btf/elf-section-reader.ts";
import { usdtNotes } from "../../../src/btf/usdt-notes.ts";
import { BpfError } from "../../../src/errors.ts";

const HEADER = 64;

interface Part {
  readonly name: string;
  readonly address: number;
  readonly bytes: Buffer;
}

/** An ELF file of nothing but sections. */
function elf(parts: readonly Part[]): Buffer {
  const all = [{ name: "", address: 0, bytes: Buffer.alloc(0) }, ...parts];
  const names = Buffer.from(`${all.map(({ name }) => `${name}\0`).join("")}.shstrtab\0`);
  const sections = [...all, { name: ".shstrtab", address: 0, bytes: names }];
  const header = Buffer.alloc(HEADER);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(62, 18);
  header.writeBigUInt64LE(64n, 40);
  header.writeUInt16LE(64, 58);
  header.writeUInt16LE(sections.length, 60);
  header.writeUInt16LE(sections.length - 1, 62);
  const table = Buffer.alloc(64 * sections.length);
  let offset = HEADER + table.length;
  let nameAt = 0;
  sections.forEach(({ name, address, bytes }, i) => {
    table.writeUInt32LE(nameAt, i * 64);
    table.writeUInt32LE(i === 0 ? 0 : 1, i * 64 + 4);
    table.writeBigUInt64LE(BigInt(address), i * 64 + 16);
    table.writeBigUInt64LE(BigInt(offset), i * 64 + 24);
    table.writeBigUInt64LE(BigInt(bytes.length), i * 64 + 32);
    offset += bytes.length;
    nameAt += name.length + 1;
  });
  return Buffer.concat([header, table, ...sections.map(({ bytes }) => bytes)]);
}

function note(owner: string, type: number, numbers: readonly bigint[], texts: string): Buffer {
  const name = padded(Buffer.from(`${owner}\0`));
  const body = Buffer.concat([...numbers.map(number64), Buffer.from(texts)]);
  const head = Buffer.alloc(12);
  [owner.length + 1, body.length, type].forEach((value, i) => {
    head.writeUInt32LE(value, i * 4);
  });
  return Buffer.concat([head, name, padded(body)]);
}

function number64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

function notesOf(file: Buffer) {
  return usdtNotes(new ElfSectionReader((offset, length) => file.subarray(offset, offset + length)));
}

const ONE = note("stapsdt", 3, [0x1000n, 0x2000n, 0n], "libc\0setjmp\x008@%rdi -4@%esi\0");
const TWO = note("stapsdt", 3, [0x1100n, 0x2000n, 0x4000n], "app\0begin\0\0");
const OTHER = note("GNU", 3, [1n, 2n, 3n], "a\0b\0c\0");

const part = (bytes: Buffer): Part => ({ name: ".note.stapsdt", address: 0, bytes });

test("notes of a file that was not moved", () => {
  assert.deepEqual(notesOf(elf([part(Buffer.concat([ONE, OTHER, TWO]))])), [
    { provider: "libc", name: "setjmp", address: 0x1000, semaphore: 0, arguments: "8@%rdi -4@%esi" },
    { provider: "app", name: "begin", address: 0x1100, semaphore: 0x4000, arguments: "" },
  ]);
});

test("a file that was prelinked", () => {
  const base = { name: ".stapsdt.base", address: 0x52000, bytes: Buffer.alloc(1) };
  const addresses = notesOf(elf([base, part(Buffer.concat([ONE, TWO]))])).map((n) => [
    n.address,
    n.semaphore,
  ]);
  assert.deepEqual(addresses, [
    [0x51000, 0],
    [0x51100, 0x54000],
  ]);
});

test("a file without probes", () => {
  assert.deepEqual(notesOf(elf([])), []);
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
    assert.throws(() => notesOf(elf([part(bytes)])), { name: "BpfError", code: "ELF" });
  });
}

test("any bytes give notes or an error", () => {
  const seed = Date.now() % 2 ** 31;
  console.log(`seed ${seed}`);
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const whole = elf([part(Buffer.concat([ONE, OTHER, TWO]))]);
  for (let round = 0; round < 3000; round++) {
    const file = Buffer.from(whole);
    for (let i = random(6); i >= 0; i--) file[random(file.length)] = random(256);
    try {
      for (const each of notesOf(file)) assert.equal(typeof each.arguments, "string");
    } catch (error) {
      assert.ok(BpfError.is(error) && error.code === "ELF", `seed ${seed}, round ${round}: ${error}`);
    }
  }
});
