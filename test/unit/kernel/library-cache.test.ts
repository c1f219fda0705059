import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { findBinary, findLibrary, findProgram, isLibrary } from "../../../src/kernel/find-binary.ts";
import { cachedLibraries, parseLibraryCache } from "../../../src/kernel/library-cache.ts";

const [X64, I386] = [0x0303, 0x0003];

/** A cache as ldconfig writes it, with an older table before it. */
function cache(entries: readonly [flags: number, soname: string, path: string][], before = ""): Buffer {
  const head = Buffer.alloc(48 + entries.length * 24);
  head.write("glibc-ld.so.cache1.1");
  head.writeUInt32LE(entries.length, 20);
  let text = "";
  const place = (value: string) => {
    const at = head.length + text.length;
    text += `${value}\0`;
    return at;
  };
  entries.forEach(([flags, soname, path], i) => {
    head.writeUInt32LE(flags, 48 + i * 24);
    head.writeUInt32LE(place(soname), 52 + i * 24);
    head.writeUInt32LE(place(path), 56 + i * 24);
  });
  return Buffer.concat([Buffer.from(before), head, Buffer.from(text)]);
}

const ENTRIES: [number, string, string][] = [
  [X64, "libc.so.6", "/lib/x86_64-linux-gnu/libc.so.6"],
  [I386, "libc.so.6", "/lib/i386-linux-gnu/libc.so.6"],
  [X64, "libssl.so.3", "/usr/lib/libssl.so.3"],
];

test("the linker's cache is read, also behind an older table", () => {
  for (const before of ["", "ld.so-1.7.0\0\0\0\0\0"]) {
    assert.deepEqual(parseLibraryCache(cache(ENTRIES, before), "x64"), [
      { soname: "libc.so.6", path: "/lib/x86_64-linux-gnu/libc.so.6" },
      { soname: "libssl.so.3", path: "/usr/lib/libssl.so.3" },
    ]);
  }
});

test("damaged caches are errors", () => {
  const whole = cache(ENTRIES);
  for (const length of [0, 10, 47, 60, whole.length - 1]) {
    assert.throws(() => parseLibraryCache(whole.subarray(0, length), "x64"), { code: "ELF" }, `${length}`);
  }
  const wild = Buffer.from(whole);
  wild.writeUInt32LE(0xffffffff, 52);
  assert.throws(() => parseLibraryCache(wild, "x64"), { code: "ELF" });
});

test("this machine's cache has what ldconfig shows", (t) => {
  const ldconfig = "/sbin/ldconfig";
  if (!existsSync("/etc/ld.so.cache") || !existsSync(ldconfig)) return t.skip("no glibc linker cache");
  const shown = execFileSync(ldconfig, ["-p"], { encoding: "utf8" });
  const kind = process.arch === "x64" ? "libc6,x86-64" : "libc6,AArch64";
  const expected = Array.from(shown.matchAll(/^\t(\S+) \(([^)]*)\) => (\S+)$/gm))
    .filter(([, , flags]) => flags === kind)
    .map(([, soname, , path]) => ({ soname, path }));
  assert.ok(expected.length > 5);
  assert.deepEqual(cachedLibraries(), expected);
});

test("libraries by their short names", () => {
  const cases: [file: string, name: string, is: boolean][] = [
    ["libc.so.6", "c", true],
    ["libc.so.6", "libc.so.6", true],
    ["libcap.so.2", "c", false],
    ["libc-2.31.so", "c", false],
    ["libssl.so", "ssl", true],
    ["libc.so.6", "libc", true],
    ["libcap.so.2", "libc", false],
    ["c.so", "c", false],
  ];
  for (const [file, name, is] of cases) assert.equal(isLibrary(file, name), is, `${file} ${name}`);
});

test("files of this machine are found", () => {
  assert.match(findLibrary("c") ?? "", /\/libc\.so\.6$/);
  assert.equal(findLibrary("no-such-library"), undefined);
  assert.match(findProgram("sh") ?? "", /\/sh$/);
  assert.equal(findBinary("sh"), findProgram("sh"));
  assert.equal(findBinary(process.execPath), process.execPath);
  assert.equal(findBinary("/no/such/file"), undefined);
  assert.equal(findBinary("/etc"), undefined, "a directory is no binary");
  assert.match(findBinary("c", process.pid) ?? "", /^\/proc\/\d+\/root\/.*\/libc\.so\.6$/);
});
