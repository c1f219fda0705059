import assert from "node:assert/strict";
import { test } from "node:test";
import { makeCallback } from "../../../src/ffi/callback.ts";
import { processLibrary, readCString, readMemory } from "../../../src/ffi/library.ts";
import { cString, NativeBuffer } from "../../../src/ffi/native-buffer.ts";
import { prepare } from "../../../src/ffi/prepared-call.ts";

const library = () => processLibrary();

test("every kind of value crosses unchanged at its limits", () => {
  const cases = [
    ["i32", [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)]],
    ["u32", [0, 1, 2 ** 31, 2 ** 32 - 1]],
    ["size", [0, 1, 2 ** 32, 2 ** 47 - 1, 2 ** 53 - 1]],
    ["pointer", [0, 2 ** 32 - 1, 2 ** 47 - 8]],
    ["ssize", [0, -1, -(2 ** 32), -(2 ** 32) - 1, 2 ** 52, -(2 ** 52) - 1]],
  ] as const;
  // strtol's relatives would do, but llabs and labs cut signs: memcpy of the pointer type gives its first
  // argument back only as a pointer, so the identity is written as a closure in C's calling convention.
  for (const [type, values] of cases) {
    for (const value of values) {
      const identity = identityFunction();
      const call = prepare(identity.address, type, [type]);
      assert.equal(call(value), value, `${type} ${value}`);
    }
  }
  for (const [type, value] of [
    ["i64", -(2n ** 63n)],
    ["i64", 2n ** 63n - 1n],
    ["u64", 2n ** 64n - 1n],
  ] as const) {
    const call = prepare(identityFunction().address, type, [type]);
    assert.equal(call(value), value, `${type} ${value}`);
  }
});

let identity: { readonly address: number } | undefined;

/** Machine code that returns its first argument: `mov rax, rdi; ret` or `ret`, in executable memory. */
function identityFunction(): { readonly address: number } {
  if (identity !== undefined) return identity;
  const code = process.arch === "x64" ? [0x48, 0x89, 0xf8, 0xc3] : [0xc0, 0x03, 0x5f, 0xd6];
  const mmap = library().function("mmap", "ssize", ["pointer", "size", "i32", "i32", "i32", "ssize"]);
  const mprotect = library().function("mprotect", "i32", ["pointer", "size", "i32"]);
  const memcpy = library().function("memcpy", "pointer", ["pointer", "pointer", "size"]);
  const address = mmap(0, 4096, 3, 0x22, -1, 0);
  assert.ok(address > 0);
  memcpy(address, NativeBuffer.from(Uint8Array.from(code)).address, code.length);
  assert.equal(mprotect(address, 4096, 5), 0);
  identity = { address };
  return identity;
}

test("a prepared call may be made again from a callback that it runs", () => {
  const qsort = library().function("qsort", "void", ["pointer", "size", "size", "pointer"]);
  const inner = NativeBuffer.from(Uint8Array.from([3, 1, 2]));
  const outer = NativeBuffer.from(Uint8Array.from([9, 8, 7, 6]));
  let depth = 0;
  const compare = makeCallback("i32", ["pointer", "pointer"], (a = 0, b = 0) => {
    if (depth++ === 0) qsort(inner.address, 3, 1, compare.address);
    return (readMemory(a, 1)[0] ?? 0) - (readMemory(b, 1)[0] ?? 0);
  });
  qsort(outer.address, 4, 1, compare.address);
  assert.deepEqual([...outer.bytes], [6, 7, 8, 9]);
  assert.deepEqual([...inner.bytes], [1, 2, 3]);
});

test("a function that the library lacks is named in the error", () => {
  assert.throws(() => library().function("no_such_function_here", "i32", []), {
    name: "UnsupportedError",
    message: /no_such_function_here/,
  });
});

test("a library that is not installed is named with its package", async () => {
  const { Library } = await import("../../../src/ffi/library.ts");
  assert.throws(() => Library.open("libnone.so.9", "apt install libnone9"), {
    code: "LIBRARY",
    message: /libnone\.so\.9 cannot be opened: .*No such file/,
    hint: "apt install libnone9",
  });
});

test("C strings", () => {
  const text = cString("naïve");
  assert.equal(readCString(text.address), "naïve");
  assert.equal(readCString(text.address, 2), "na");
  assert.equal(readCString(0), "");
  assert.equal(text.text(), "naïve");
  assert.equal(text.bytes[text.length - 1], 0);
  assert.throws(() => cString("a\0b"), TypeError);
});
