import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { lstatSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type CpioEntry, writeCpio } from "../../../src/vm/cpio.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";

const target = temporaryDirectory("cpio");

function busyboxCpio(args: readonly string[], archive: Uint8Array): string {
  return execFileSync("busybox", ["cpio", ...args], {
    cwd: target,
    input: archive,
    encoding: "utf8",
    stdio: "pipe",
  });
}

const contents = Array.from({ length: 9 }, (_, length) => randomBytes(length));

const entries: readonly CpioEntry[] = [
  { path: "d", kind: "directory", mode: 0o750 },
  { path: "d/a name with é", kind: "file", mode: 0o644, data: "text\n", time: 1_600_000_000 },
  { path: "d/link", kind: "link", data: "a name with é" },
  ...contents.map((data, index): CpioEntry => ({ path: `${"x".repeat(index + 1)}`, kind: "file", data })),
];

test("busybox's cpio lists what was written", () => {
  assert.deepEqual(
    busyboxCpio(["-t"], writeCpio(entries)).trim().split("\n"),
    entries.map((entry) => entry.path),
  );
});

test("busybox's cpio unpacks what was written", () => {
  busyboxCpio(["-idm"], writeCpio(entries));
  assert.equal(lstatSync(join(target, "d")).mode & 0o7777, 0o750);
  const file = lstatSync(join(target, "d/a name with é"));
  assert.deepEqual([file.mode & 0o7777, file.mtimeMs], [0o644, 1_600_000_000_000]);
  assert.equal(readFileSync(join(target, "d/a name with é"), "utf8"), "text\n");
  assert.equal(readlinkSync(join(target, "d/link")), "a name with é");
  contents.forEach((data, index) => {
    assert.deepEqual(readFileSync(join(target, "x".repeat(index + 1))), data);
  });
});

test("a device has its type and numbers in the header", () => {
  const archive = writeCpio([{ path: "console", kind: "character-device", mode: 0o600, device: [5, 1] }]);
  const field = (index: number) =>
    Number.parseInt(archive.toString("latin1", 6 + index * 8, 14 + index * 8), 16);
  assert.deepEqual([field(1), field(9), field(10)], [0o020600, 5, 1]);
});

test("equal entries give equal bytes", () => {
  assert.deepEqual(writeCpio(entries), writeCpio(entries));
});
