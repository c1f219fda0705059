import assert from "node:assert/strict";
import { test } from "node:test";
import { readMemory } from "../../../src/ffi/library.ts";
import { NativeBuffer } from "../../../src/ffi/native-buffer.ts";

test("the address stays right over garbage collections", () => {
  const buffers = Array.from({ length: 300 }, (_, i) => {
    const buffer = NativeBuffer.alloc(1 + (i % 70));
    buffer.bytes.fill(i % 251);
    return buffer;
  });
  for (let round = 0; round < 50; round++) {
    const garbage = Array.from({ length: 2000 }, (_, i) => new Uint8Array(i % 512));
    assert.equal(garbage.length, 2000);
  }
  buffers.forEach((buffer, i) => {
    assert.deepEqual(readMemory(buffer.address, buffer.length), buffer.bytes, `buffer ${i}`);
  });
});

test("buffers are zeroed, separate, aligned, and an empty one has an address", () => {
  const one = NativeBuffer.alloc(3);
  const two = NativeBuffer.alloc(0);
  assert.deepEqual([...one.bytes], [0, 0, 0]);
  assert.notEqual(one.bytes.buffer, two.bytes.buffer);
  assert.equal(one.address % 8, 0);
  assert.ok(two.address > 0);
  assert.equal(two.length, 0);
});

test("pointers are stored exactly", () => {
  const buffer = NativeBuffer.alloc(16);
  for (const value of [0, 1, 2 ** 32 - 1, 2 ** 32, 0x7fff_ffff_f000, 2 ** 53 - 1]) {
    buffer.setPointer(8, value);
    assert.equal(buffer.getPointer(8), value);
    assert.equal(buffer.view.getBigUint64(8, true), BigInt(value));
  }
});
