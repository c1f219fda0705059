import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { perfEventName } from "../../../src/attach/perf-event-types.ts";
import { uprobeName, uprobePlace } from "../../../src/attach/uprobe-place.ts";
import { madeElf } from "../btf/made-elf.ts";

const directory = mkdtempSync(join(tmpdir(), "bcc-ts-uprobe-"));
const binary = join(directory, "app");
writeFileSync(
  binary,
  madeElf([
    { name: "compress", address: 0x400100, size: 0x20 },
    { name: "chosen", address: 0x400200, type: 10 },
  ]),
);
after(() => rmSync(directory, { recursive: true }));

test("symbols and addresses become offsets in the file", () => {
  const at = (fileOffset: number) => ({ path: binary, fileOffset });
  assert.deepEqual(uprobePlace({ binary, symbol: "compress" }), at(0x1100));
  assert.deepEqual(uprobePlace({ binary, symbol: "compress", offset: 4 }), at(0x1104));
  assert.deepEqual(uprobePlace({ binary, address: 0x400010 }), at(0x1010));
});

test("what cannot be found is an error with the nearest names", () => {
  const place = (point: object) => () => uprobePlace({ binary, ...point });
  assert.throws(place({ symbol: "decompress" }), {
    name: "AttachError",
    target: `${binary}:decompress`,
    similar: ["compress"],
    hint: "Did you mean compress?",
  });
  assert.throws(place({ symbol: "something else" }), { hint: /stripped/ });
  assert.throws(place({ symbol: "chosen" }), { message: /chosen when the library is loaded/ });
  assert.throws(place({ address: 0x500000 }), { message: /no code at this address/ });
  assert.throws(place({}), { message: /either a symbol or an address/ });
  assert.throws(place({ symbol: "a", address: 1 }), { message: /either a symbol or an address/ });
  assert.throws(place({ binary: join(directory, "none"), symbol: "a" }), {
    message: /no library or program/,
  });
});

test("targets as people write them", () => {
  assert.equal(uprobeName({ binary: "c", symbol: "malloc" }), "c:malloc");
  assert.equal(uprobeName({ binary: "/bin/a", symbol: "f", offset: 16 }), "/bin/a:f+0x10");
  assert.equal(uprobeName({ binary: "bash", address: 0x1234 }), "bash:0x1234");
  assert.equal(perfEventName(1, 0), "software:cpu-clock");
  assert.equal(perfEventName(0, 3), "hardware:cache-misses");
  assert.equal(perfEventName(4, 0x3c), "raw:0x3c");
  assert.equal(perfEventName(99, 1), "type 99:0x1");
});
