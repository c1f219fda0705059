import assert from "node:assert/strict";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { stateDirectory } from "../../../src/vm/state-directory.ts";
import { tryLock } from "../../../src/vm/state-lock.ts";
import { VmError } from "../../../src/vm/vm-error.ts";

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "bcc-ts-state-"));
  process.env.XDG_CACHE_HOME = base;
});
afterEach(() => rmSync(base, { recursive: true }));

const refused = (error: unknown) => error instanceof VmError && error.code === "VM_OPTION";

test("the directory is made for us alone", () => {
  const directory = stateDirectory();
  assert.equal(directory, join(base, "bcc-ts/vm"));
  assert.equal(statSync(directory).mode & 0o777, 0o700);
});

test("a directory open to others is refused", () => {
  chmodSync(stateDirectory(), 0o755);
  assert.throws(stateDirectory, refused);
});

test("a link is refused", () => {
  mkdirSync(join(base, "elsewhere"), { mode: 0o700 });
  mkdirSync(join(base, "bcc-ts"));
  symlinkSync(join(base, "elsewhere"), join(base, "bcc-ts/vm"));
  assert.throws(stateDirectory, refused);
});

test("a lock is held once, by a living process", () => {
  const path = join(base, "lock");
  const lock = tryLock(path);
  assert.ok(lock);
  assert.equal(readFileSync(path, "utf8"), String(process.pid));
  assert.equal(tryLock(path), undefined);
  lock.release();
  assert.ok(tryLock(path));
  writeFileSync(path, "4194305"); // above the highest process id there can be
  assert.ok(tryLock(path));
});
