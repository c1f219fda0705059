import assert from "node:assert/strict";
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { pageSize } from "../../../src/ffi/libc.ts";
import { MappedMemory } from "../../../src/ffi/mapped-memory.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";

const directory = temporaryDirectory("test");
const fd = openSync(join(directory, "pages"), "w+");
after(() => closeSync(fd));
ftruncateSync(fd, 4 * pageSize());

const inMaps = (address: number) =>
  readFileSync("/proc/self/maps", "utf8").includes(`${address.toString(16).padStart(8, "0")}-`);

test("a writable mapping is the file's own memory", () => {
  using memory = MappedMemory.map(fd, pageSize(), { writable: true });
  writeSync(fd, "hello", 8);
  assert.equal(memory.view().getUint8(8), 0x68);
  assert.equal(Buffer.from(memory.copy(8, 5)).toString(), "hello");
  memory.bytes()[0] = 7;
  memory.storePosition(16, 2 ** 40 + 5);
  using other = MappedMemory.map(fd, pageSize());
  assert.equal(other.loadInt32(0), 7);
  assert.equal(other.loadPosition(16), 2 ** 40 + 5);
});

test("an offset maps later pages", () => {
  writeSync(fd, "second", pageSize());
  using memory = MappedMemory.map(fd, pageSize(), { offset: pageSize() });
  assert.equal(Buffer.from(memory.copy(0, 6)).toString(), "second");
});

test("no write to memory mapped for reading reaches the processor", () => {
  using memory = MappedMemory.map(fd, pageSize());
  const view = memory.view();
  assert.throws(() => view.setUint8(0, 1), { code: "READ_ONLY" });
  assert.throws(() => view.setBigUint64(0, 1n), { code: "READ_ONLY" });
  assert.throws(() => view.setFloat64(0, 1), { code: "READ_ONLY" });
  assert.throws(() => view.buffer, { code: "READ_ONLY" });
  assert.throws(() => memory.bytes(), { code: "READ_ONLY" });
  assert.throws(() => memory.storePosition(0, 1), { code: "READ_ONLY" });
  const copy = memory.copy(0, 8);
  copy[0] = 99;
  assert.notEqual(memory.view().getUint8(0), 99);
});

test("use after close is an error, and views from before read zeros", () => {
  const memory = MappedMemory.map(fd, pageSize(), { writable: true });
  const bytes = memory.bytes();
  const view = memory.view();
  bytes[0] = 55;
  memory.close();
  memory.close();
  assert.ok(memory.closed);
  const uses = [
    () => memory.bytes(),
    () => memory.view(),
    () => memory.address,
    () => memory.copy(0, 1),
    () => memory.loadInt32(0),
    () => memory.loadPosition(0),
    () => memory.storePosition(0, 1),
  ];
  for (const use of uses) assert.throws(use, { name: "ClosedError" }, String(use));
  assert.equal(bytes[0], 0);
  assert.equal(view.getUint32(0), 0);
  bytes.fill(1);
  assert.equal(bytes[pageSize() - 1], 1);
});

test("the addresses are given back when the last view is gone", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const address = (() => {
    const memory = MappedMemory.map(fd, 3 * pageSize());
    const { address } = memory;
    memory.view();
    memory.close();
    assert.ok(inMaps(address));
    return address;
  })();
  for (let i = 0; i < 50 && inMaps(address); i++) {
    gc();
    await sleep(10);
  }
  assert.ok(!inMaps(address));
});

test("impossible mappings are typed errors", () => {
  assert.throws(() => MappedMemory.map(-1, 4096), { errnoName: "EBADF", operation: "mmap" });
  assert.throws(() => MappedMemory.map(fd, 0), { code: "MAP_LENGTH" });
  assert.throws(() => MappedMemory.map(fd, 2 ** 30), { code: "MAP_LENGTH" });
});
