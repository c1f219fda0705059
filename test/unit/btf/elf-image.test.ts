import assert from "node:assert/strict";
import { test } from "node:test";
import { ElfImage } from "../../../src/btf/elf-image.ts";
import { BpfError } from "../../../src/errors.ts";
import { madeElf } from "./made-elf.ts";

const read = (bytes: Uint8Array) =>
  ElfImage.read((offset, length) => bytes.subarray(offset, offset + length));

const FILE = madeElf([
  { name: "main", address: 0x400100, size: 0x20 },
  { name: "__libc_malloc", address: 0x400200, size: 0x40 },
  { name: "malloc", address: 0x400200, size: 0x40 },
  { name: "strlen", address: 0x400300, size: 0x10, type: 10 },
  { name: "printf", address: 0, section: 0 },
  { name: "counter", address: 0x400110, size: 8, type: 1 },
  { name: "assembly", address: 0x400400 },
]);

test("functions are found by name; variables and imported functions are none", () => {
  const { symbols } = read(FILE);
  assert.deepEqual(symbols.find("main"), { name: "main", address: 0x400100, size: 0x20, indirect: false });
  assert.equal(symbols.find("strlen")?.indirect, true);
  for (const name of ["printf", "counter", "mai", "ain", ""])
    assert.equal(symbols.find(name), undefined, name);
  assert.deepEqual([...symbols.names()].sort(), ["__libc_malloc", "assembly", "main", "malloc", "strlen"]);
});

test("functions by a pattern: one for each address, in their order", () => {
  const found = (pattern: RegExp) =>
    read(FILE)
      .symbols.matching(pattern)
      .map(({ name }) => name);
  assert.deepEqual(found(/m/), ["main", "malloc", "assembly"]);
  assert.deepEqual(found(/^malloc$/), ["malloc"]);
  assert.deepEqual(found(/printf|counter/), []);
});

test("a name that is the end of a longer one is found", () => {
  const names = "\0reopen\0";
  const { symbols } = read(
    madeElf(
      [
        { name: "reopen", address: 0x400000, size: 4 },
        { name: "open", address: 0x400010, size: 4 },
      ],
      names,
    ),
  );
  assert.equal(symbols.find("open")?.address, 0x400010);
  assert.equal(symbols.find("reopen")?.address, 0x400000);
  assert.equal(symbols.find("pen"), undefined);
});

const PLACES: readonly [address: number, name: string | undefined][] = [
  [0x4000ff, undefined],
  [0x400100, "main"],
  [0x40011f, "main"],
  [0x400120, undefined],
  [0x400210, "malloc"],
  [0x40023f, "malloc"],
  [0x400240, undefined],
  [0x400400, "assembly"],
  // Nothing says where it ends.
  [0x400480, "assembly"],
];

for (const [address, name] of PLACES) {
  test(`at 0x${address.toString(16)} lies ${name}`, () => {
    assert.equal(read(FILE).symbols.at(address)?.name, name);
  });
}

test("addresses and offsets in the file", () => {
  const image = read(FILE);
  assert.deepEqual(image.segments, [{ address: 0x400000, offset: 0x1000, size: 0x1000 }]);
  assert.equal(image.fileOffset(0x400123), 0x1123);
  assert.equal(image.address(0x1123), 0x400123);
  assert.equal(image.fileOffset(0x401000), undefined);
  assert.equal(image.address(0xfff), undefined);
});

test("damaged files are errors, wherever they are cut or changed", () => {
  assert.throws(() => read(Buffer.from("#!/bin/sh\n")), { code: "ELF" });
  assert.throws(() => read(Buffer.alloc(4096)), { code: "ELF", message: /no ELF file/ });
  const narrow = Buffer.from(FILE);
  narrow[4] = 1;
  assert.throws(() => read(narrow), { message: /not 64 bit/ });
  const seed = Date.now() % 100_000;
  let state = seed;
  const random = (below: number) => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state % below;
  };
  for (let i = 0; i < 2000; i++) {
    const bytes = Buffer.from(FILE.subarray(0, i % 3 === 0 ? random(700) : FILE.length));
    for (let j = 0; j < 4 && bytes.length > 0; j++) bytes[random(Math.min(bytes.length, 700))] = random(256);
    try {
      const { symbols } = read(bytes);
      symbols.find("main");
      symbols.at(0x400110);
      symbols.names();
    } catch (error) {
      assert.ok(error instanceof BpfError && error.code === "ELF", `seed ${seed}, run ${i}: ${error}`);
    }
  }
});

test("a file with holes is no reason to ask for more memory than there is", () => {
  const bytes = Buffer.from(FILE);
  const sizeOfSymbols = 64 + 56 + 64 + 32;
  bytes.writeBigUInt64LE(2n ** 40n, sizeOfSymbols);
  const sparse = (offset: number, length: number) => {
    assert.ok(length <= 1 << 30, `${length} bytes are asked for`);
    return bytes.subarray(offset, offset + length);
  };
  assert.throws(() => ElfImage.read(sparse), { code: "ELF", message: /1099511627776 bytes/ });
});
