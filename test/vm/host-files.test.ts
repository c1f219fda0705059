import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { runScript } from "./guest-run.ts";

const base = mkdtempSync(join(tmpdir(), "bcc-ts vm,test-"));
after(() => rmSync(base, { recursive: true }));

function directory(name: string): string {
  const path = join(base, name);
  mkdirSync(path);
  writeFileSync(join(path, "file"), "of the host\n");
  return path;
}

test("the host's files are seen, and changes stay in the guest", async () => {
  const path = directory("scratch");
  const run = await runScript("cat file; echo changed >file; echo new >new; rm -r /etc/hostname; cat file", {
    cwd: path,
  });
  assert.deepEqual([run.exitCode, run.stdout], [0, "of the host\nchanged\n"]);
  assert.equal(readFileSync(join(path, "file"), "utf8"), "of the host\n");
  assert.deepEqual(readdirSync(path), ["file"]);
  assert.ok(existsSync("/etc/hostname"));
});

test("a writable directory is the host's own, also by a link and inside another", async () => {
  const path = directory("writable");
  const inner = join(path, "inner");
  mkdirSync(inner);
  const link = join(base, "link");
  symlinkSync(path, link);
  const script =
    "cat file && echo changed >file && mkdir made && echo x >made/x && echo y >inner/y && echo done >/tmp/z";
  const run = await runScript(script, { cwd: path, writable: [link, inner] });
  assert.deepEqual([run.exitCode, run.stdout, run.stderr], [0, "of the host\n", ""]);
  assert.equal(readFileSync(join(path, "file"), "utf8"), "changed\n");
  assert.equal(readFileSync(join(path, "made/x"), "utf8"), "x\n");
  assert.equal(readFileSync(join(inner, "y"), "utf8"), "y\n");
});

test("more writable directories than one group of exports", async () => {
  const paths = Array.from({ length: 5 }, (_, index) => directory(`many${index}`));
  const direct = await runScript(paths.map((path) => `echo here >'${path}/mark'`).join("; "), {
    writable: paths,
    state: "none",
  });
  assert.equal(direct.exitCode, 0, direct.stderr);
  for (const path of paths) assert.equal(readFileSync(join(path, "mark"), "utf8"), "here\n");
});

test("a large file in a writable directory is on the host when the run has ended", async () => {
  const path = directory("large");
  const script = "dd if=/dev/zero of=big bs=1M count=8 2>/dev/null && cp big copy && cksum <copy";
  const run = await runScript(script, { cwd: path, writable: [path] });
  assert.equal(run.exitCode, 0, run.stderr);
  assert.equal(readFileSync(join(path, "copy")).length, 8 << 20);
});
