import assert from "node:assert/strict";
import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pruneDirectory } from "../../../src/compile/prune-directory.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";

const directory = temporaryDirectory("test");

test("the files that were changed last stay, as many and as large as the limit says", () => {
  ["a", "b", "c", "d", "e"].forEach((name, i) => {
    writeFileSync(join(directory, name), Buffer.alloc(100));
    utimesSync(join(directory, name), 1000 - i, 1000 - i);
  });
  pruneDirectory(directory, { bytes: 10_000, entries: 4 });
  assert.deepEqual(readdirSync(directory).sort(), ["a", "b", "c", "d"]);
  pruneDirectory(directory, { bytes: 250, entries: 4 });
  assert.deepEqual(readdirSync(directory).sort(), ["a", "b"]);
  pruneDirectory(directory, { bytes: 250, entries: 4 });
  assert.deepEqual(readdirSync(directory).sort(), ["a", "b"]);
});
