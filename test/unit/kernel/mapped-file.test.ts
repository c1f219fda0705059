import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { test } from "node:test";
import { mappedFile } from "../../../src/kernel/mapped-file.ts";
import { processMaps } from "../../../src/kernel/process-maps.ts";

const { pid } = process;
const own = processMaps("self")?.find(({ executable, path }) => executable && path === process.execPath);

test("a file is where the process sees it", (t) => {
  if (own === undefined) return t.skip("the kernel tells another path of this program");
  assert.equal(mappedFile(pid, own), `/proc/${pid}/root${process.execPath}`);
});

test("what is no longer at its path is reached through the mapping", (t) => {
  const mapping = processMaps("self")?.find(({ executable, path }) => executable && path.startsWith("/"));
  if (mapping === undefined || !existsSync(`/proc/${pid}/map_files`)) return t.skip("no mapped files here");
  const inode = mapping.file.slice(mapping.file.indexOf(" ") + 1);
  for (const moved of [
    { ...mapping, deleted: true },
    { ...mapping, path: "/no/such/file" },
    { ...mapping, path: "/etc/passwd" },
  ]) {
    const file = mappedFile(pid, moved);
    assert.match(file, /^\/proc\/\d+\/map_files\/[0-9a-f]+-[0-9a-f]+$/);
    if (process.geteuid?.() === 0) assert.equal(String(statSync(file, { bigint: true }).ino), inode);
  }
});
