import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMaps, processMaps } from "../../../src/kernel/process-maps.ts";

const TEXT = `55d0c8a00000-55d0c8a01000 r--p 00000000 fe:00 1311                       /usr/bin/a b
55d0c8a01000-55d0c8a06000 r-xp 00001000 fe:00 1311                       /usr/bin/a b
55d0ca3f1000-55d0ca412000 rw-p 00000000 00:00 0                          [heap]
7f5b40000000-7f5b40021000 rwxp 00000000 00:00 0 
7f5b44c00000-7f5b44c26000 r-xp 00026000 fe:00 9923                       /lib/libold.so.1 (deleted)
7f5b44d00000-7f5b44d01000 r--p 00000000 fe:00 77                         /tmp/new\\012line
7ffd5a5d8000-7ffd5a5da000 r-xp 00000000 00:00 0                          [vdso]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
`;

test("the memory of a process is read from its text", () => {
  const maps = parseMaps(TEXT);
  assert.deepEqual(maps[1], {
    start: 0x55d0c8a01000,
    end: 0x55d0c8a06000,
    executable: true,
    offset: 0x1000,
    file: "fe:00 1311",
    path: "/usr/bin/a b",
    deleted: false,
  });
  assert.deepEqual(
    maps.map(({ path, deleted, executable }) => [path, deleted, executable]),
    [
      ["/usr/bin/a b", false, false],
      ["/usr/bin/a b", false, true],
      ["[heap]", false, false],
      ["", false, true],
      ["/lib/libold.so.1", true, true],
      ["/tmp/new\nline", false, false],
      ["[vdso]", false, true],
    ],
  );
});

test("this process has its program mapped; one that is not there has nothing", () => {
  const own = processMaps("self") ?? [];
  assert.ok(own.some(({ path, executable }) => executable && path === process.execPath));
  assert.equal(processMaps(2 ** 22 - 1), undefined);
});

test("a process that may not be looked into is an error with its remedy", (t) => {
  if (process.geteuid?.() !== 0 || process.seteuid === undefined)
    return t.skip("being another user takes root");
  process.seteuid(65_534);
  try {
    assert.throws(() => processMaps(1), {
      name: "PermissionError",
      missing: "CAP_SYS_PTRACE",
      message: "the memory map of process 1 may not be read",
      hint: /^Run as root/,
    });
  } finally {
    process.seteuid(0);
  }
});
