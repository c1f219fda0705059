import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { cacheKey, ObjectCache } from "../../../src/compile/object-cache.ts";

const entry = { description: '{"a":"ö"}', object: new Uint8Array([0x7f, 69, 76, 70, 0, 255]) };
const KEY = cacheKey(["text", "flags"]);
let home = "";
let warnings: string[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bcc-ts-test-"));
  warnings = [];
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const open = () => new ObjectCache((message) => warnings.push(message), { BCC_TS_CACHE: home });
const objects = () => join(home, "objects");

test("what was written is read again, in a private directory", () => {
  open().write(KEY, entry);
  assert.deepEqual(open().read(KEY), entry);
  assert.equal(statSync(objects()).mode & 0o777, 0o700);
  assert.equal(statSync(join(objects(), KEY)).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(objects()), [KEY], "no temporary file is left");
  assert.deepEqual(warnings, []);
});

test("the key depends on where one part ends and the next begins", () => {
  assert.notEqual(cacheKey(["ab", "c"]), cacheKey(["a", "bc"]));
});

test("a damaged entry counts as none, whatever byte is wrong", () => {
  open().write(KEY, entry);
  const path = join(objects(), KEY);
  const good = readFileSync(path);
  for (let at = 0; at < good.length; at++) {
    const bad = Buffer.from(good);
    bad[at] = (bad[at] ?? 0) ^ 0x01;
    writeFileSync(path, bad);
    assert.equal(open().read(KEY), undefined, `byte ${at}`);
  }
  for (let length = 0; length < good.length; length++) {
    writeFileSync(path, good.subarray(0, length));
    assert.equal(open().read(KEY), undefined, `cut to ${length}`);
  }
});

test("a directory that others may enter is not used, and that is said", () => {
  open().write(KEY, entry);
  chmodSync(objects(), 0o755);
  assert.equal(open().read(KEY), undefined);
  assert.match(warnings.join(), /open to other users: chmod 700/);
});

test("a link in the place of the directory is not followed", () => {
  const elsewhere = mkdtempSync(join(tmpdir(), "bcc-ts-test-"));
  symlinkSync(elsewhere, objects());
  open().write(KEY, entry);
  assert.match(warnings.join(), /is not a directory/);
  assert.deepEqual(readdirSync(elsewhere), []);
  rmSync(elsewhere, { recursive: true });
});

test("the oldest entries go when there are too many", () => {
  const cache = open();
  for (let i = 0; i < 520; i++) cache.write(cacheKey([String(i)]), entry);
  assert.equal(readdirSync(objects()).length, 512);
  assert.deepEqual(cache.read(cacheKey(["519"])), entry);
});

test("a full disk is said, and leaves nothing half written", (t) => {
  if (process.getuid?.() !== 0) return t.skip("mounting a small file system takes root");
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16k,mode=0700", "nodev", home], { stdio: "pipe" });
  } catch (error) {
    return t.skip(`a file system cannot be mounted here: ${(error as Error).message}`);
  }
  try {
    const cache = open();
    cache.write(KEY, { ...entry, object: new Uint8Array(64 * 1024) });
    assert.match(warnings.join(), /could not be cached: ENOSPC/);
    assert.deepEqual(readdirSync(objects()), []);
    assert.equal(cache.read(KEY), undefined);
  } finally {
    execFileSync("umount", [home]);
  }
});
