import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { readElf } from "../../../src/kernel/read-elf.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";

const directory = temporaryDirectory("test");

test("node's own file is read once", () => {
  const image = readElf(process.execPath);
  assert.ok(image.symbols.names().size > 1000);
  assert.equal(readElf(process.execPath), image);
});

test("what is no file is refused and not waited for", () => {
  const pipe = join(directory, "pipe");
  execFileSync("mkfifo", [pipe]);
  for (const path of [pipe, directory, "/dev/zero"]) {
    assert.throws(() => readElf(path), { code: "ELF", message: `${path} is no file` });
  }
});
