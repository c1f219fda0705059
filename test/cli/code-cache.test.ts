import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { packageFile } from "../../src/package-root.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const scratch = temporaryDirectory("code");
const library = pathToFileURL(packageFile("dist", "lib", "index.js")).href;
const command = packageFile("dist", "lib", "bin.cjs");
let caches = 0;

function newCache() {
  const path = join(scratch, `cache-${caches++}`);
  return { path, scripts: join(path, "scripts") };
}

/** Uses the library in a new process. */
function use(cache: string): string {
  const script = `import { ipv4 } from ${JSON.stringify(library)}; console.log(ipv4(0x0100007f));`;
  return node(cache, "--input-type=module", "-e", script);
}

function node(cache: string, ...words: readonly string[]): string {
  const env = { ...process.env, BCC_TS_CACHE: cache };
  return execFileSync(process.execPath, words, { env, encoding: "utf8" });
}

function keptIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.endsWith(".code"));
}

test("compiled code is kept by the first process and taken by later ones", () => {
  const { path, scripts } = newCache();
  assert.equal(use(path), "127.0.0.1\n");
  const [file = "", ...others] = keptIn(scripts);
  assert.deepEqual(others, []);
  const before = statSync(join(scripts, file));
  assert.equal(before.mode & 0o777, 0o600);
  assert.equal(use(path), "127.0.0.1\n");
  const kept = statSync(join(scripts, file));
  assert.deepEqual([kept.ino, kept.mtimeMs], [before.ino, before.mtimeMs], "it was made again");
});

for (const [how, damage] of [
  ["cut short", (bytes: Buffer) => bytes.subarray(0, 1000)],
  ["empty", () => Buffer.alloc(0)],
  [
    "changed in the middle",
    (bytes: Buffer) => Buffer.from(bytes).fill(0xff, bytes.length >> 1, (bytes.length >> 1) + 64),
  ],
] as const) {
  test(`kept code that is ${how} is made again`, () => {
    const { path, scripts } = newCache();
    use(path);
    const file = join(scripts, keptIn(scripts)[0] ?? "");
    writeFileSync(file, damage(readFileSync(file)));
    const { ino } = statSync(file);
    assert.equal(use(path), "127.0.0.1\n");
    const again = statSync(file);
    assert.ok(again.ino !== ino && again.size > 10_000, "it was left as it is");
  });
}

test("a one-liner's compiled code is kept, too, and apart from that of a list", () => {
  const { path, scripts } = newCache();
  const parse = () => node(path, command, "-d", "c", "-e", "BEGIN { @ = 1 }");
  const tree = parse();
  const [file = "", ...others] = keptIn(scripts);
  assert.deepEqual(others, []);
  const { ino } = statSync(join(scripts, file));
  assert.equal(parse(), tree);
  assert.equal(statSync(join(scripts, file)).ino, ino, "it was made again");
  node(path, command, "-l", "BEGIN");
  assert.equal(keptIn(scripts).length, 2);
});

test("a directory that others may write to is not used", () => {
  const { path, scripts } = newCache();
  mkdirSync(scripts, { recursive: true });
  chmodSync(scripts, 0o777);
  assert.equal(use(path), "127.0.0.1\n");
  assert.deepEqual(readdirSync(scripts), []);
});

test("code of old builds is dropped", () => {
  const { path, scripts } = newCache();
  mkdirSync(scripts, { recursive: true, mode: 0o700 });
  for (let i = 0; i < 9; i++) writeFileSync(join(scripts, `old-${i}.code`), "");
  use(path);
  assert.equal(keptIn(scripts).length, 6);
});
