import assert from "node:assert/strict";
import { test } from "node:test";
import { BpfError, UnsupportedError } from "../../../src/errors.ts";
import { chunkEntries } from "../../../src/maps/chunk-memory.ts";
import { createMap } from "../../../src/maps/create-map.ts";
import { declaredTypes } from "../../../src/maps/declared-types.ts";
import { MAP_TYPE, type MapHandle } from "../../../src/maps/map-handle.ts";
import { compileC } from "../values/compile-c.ts";

// Nothing here asks the kernel: the file descriptor is none.
const { btf, variableType } = compileC(`
  typedef unsigned int u32; typedef unsigned long long u64;
  #define SEC_MAPS __attribute__((section(".maps")))
  struct { int (*type)[22]; u64 *value; } queue SEC_MAPS;
  struct { int (*type)[1]; u32 *key; struct pair { u32 a, b; } *value; } pairs SEC_MAPS;
  u32 word; u64 wide; u32 plain;
`);

const handle = (changes: Partial<MapHandle>): MapHandle => ({
  name: "pairs",
  fd: -1,
  type: MAP_TYPE.hash,
  keySize: 4,
  valueSize: 8,
  maxEntries: 10,
  keyTypeId: 0,
  valueTypeId: 0,
  ...changes,
});

test("types come from the loader, or from the map's declaration", () => {
  assert.deepEqual(declaredTypes(btf, handle({ keyTypeId: 77, valueTypeId: 78 })), { key: 77, value: 78 });
  const { key, value } = declaredTypes(btf, handle({}));
  assert.equal(btf.resolve(key), btf.resolve(variableType("word")));
  assert.equal(value, btf.find("struct", "pair"));
  assert.equal(declaredTypes(btf, handle({ name: "queue" })).key, 0);
  for (const name of ["plain", "no_such_map"]) {
    assert.deepEqual(declaredTypes(btf, handle({ name })), { key: 0, value: 0 });
  }
});

test("a map whose sizes are not those of its types is another map", () => {
  for (const changes of [{ keySize: 8 }, { valueSize: 4 }]) {
    assert.throws(
      () => createMap(handle(changes), btf),
      (error: unknown) =>
        error instanceof BpfError && error.code === "MAP" && /map pairs: .* bytes/.test(error.message),
    );
  }
});

test("a ring is not a map", () => {
  assert.throws(() => createMap(handle({ type: MAP_TYPE.ringBuffer }), btf), UnsupportedError);
});

test("a chunk is as long as the map, the wish and the memory allow", () => {
  assert.equal(chunkEntries(16, 1_000_000), 8192);
  assert.equal(chunkEntries(16, 100), 100);
  assert.equal(chunkEntries(16, 1_000_000, 7), 7);
  assert.equal(chunkEntries(1 << 20, 1_000_000), 8);
  assert.equal(chunkEntries(1 << 30, 1_000_000), 1);
});
