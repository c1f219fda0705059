import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { importsOf } from "./import-statements.ts";
import { ROOMS } from "./layer-table.ts";
import { importCycles, layerViolations, roomOf, type Sources } from "./layer-violations.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

/** The packages that make the process native: even their names belong to one room. */
const NATIVE = /["'`](?:@2060\.io\/)?(?:ffi|ref)-napi\b/;

const sources = readSources();

test("the sources were found", () => {
  const rooms = new Set([...sources.keys()].map(roomOf));
  for (const room of ["errors", "source", "btf", "ffi", "infer"]) assert.ok(rooms.has(room), room);
});

test("imports go downward, as the table says", () => {
  assert.deepEqual(layerViolations(sources), []);
});

test("no import of the sources is lost in the reading", () => {
  for (const [file, text] of sources) {
    const read = new Set(importsOf(text).map((each) => each.specifier));
    for (const [, specifier = ""] of text.matchAll(/^(?:import .*|export .*|\}) from "([^"]+)";$/gm)) {
      assert.ok(read.has(specifier), `${file}: ${specifier}`);
    }
  }
});

test("no file imports itself through others", () => {
  const rings = importCycles(sources).map((ring) => [...new Set(ring)].sort().join(" "));
  assert.deepEqual(rings, [], "what both files need belongs into a file of its own");
});

test("only ffi/ names the native packages", () => {
  const naming = [...sources].filter(([file, text]) => roomOf(file) !== "ffi" && NATIVE.test(text));
  assert.deepEqual(
    naming.map(([file]) => file),
    [],
  );
});

test("the table itself allows nothing upward, and sideways only what it must", () => {
  const sideways: string[] = [];
  for (const [name, room] of Object.entries(ROOMS)) {
    for (const other of [...room.may, ...(room.types ?? [])]) {
      const layer = ROOMS[other]?.layer ?? (other === "top" ? 7 : Number.NaN);
      assert.ok(layer <= room.layer, `${name} may import ${other}, which lies above it`);
      if (layer === room.layer) sideways.push(`${name} -> ${other}`);
    }
  }
  assert.deepEqual(sideways, ["source -> errors", "facts -> btf", "scripts -> output"]);
  for (const name of Object.keys(ROOMS).filter((each) => each.startsWith("languages/"))) {
    assert.ok(!ROOMS[name]?.may.some((other) => other === "ffi" || other.startsWith("languages/")), name);
  }
  assert.deepEqual(ROOMS.infer?.may, []);
});

/** Sources that must be refused: the importing file, its text, what is said of it. */
const REFUSED: readonly [file: string, text: string, problem: RegExp][] = [
  ["src/output/a.ts", 'import { call } from "../ffi/a.ts";', /output may not import ffi/],
  ["src/output/a.ts", 'import { codec } from "../values/a.ts";', /more than types of values/],
  ["src/output/a.ts", 'import { type A, codec } from "../values/a.ts";', /more than types of values/],
  ["src/output/a.ts", 'import fs from "node:fs";', /output is pure/],
  ["src/languages/bcc/a.ts", 'export * from "../bpftrace/a.ts";', /may not import languages\/bpftrace/],
  ["src/languages/bcc/a.ts", 'const a = await import("../../ffi/a.ts");', /may not import ffi/],
  ["src/infer/a.ts", 'import type { BpfError } from "../errors.ts";', /infer may not import errors/],
  ["src/btf/a.ts", 'import "../kernel/a.ts";', /btf may not import kernel/],
  ["src/btf/a.ts", 'import ffi from "ffi-napi/lib/bindings.js";', /may not use that package/],
  ["src/btf/a.ts", 'const ref = require("ref-napi");', /may not use that package/],
  ["src/vm/a.ts", 'import {\n  load,\n} from "../bpf.ts";', /vm may not import top/],
  ["src/bpf.ts", 'import { main } from "./cli/a.ts";', /top may not import cli/],
  ["src/attic/a.ts", 'import { a } from "../errors.ts";', /no room attic/],
  ["src/btf/a.ts", 'import { a } from "../../test/a.ts";', /outside of src/],
];

for (const [file, text, problem] of REFUSED) {
  test(`refused: ${file}: ${text.replaceAll("\n", " ")}`, () => {
    const [found, ...more] = layerViolations(madeUp(file, text));
    assert.match(found ?? "nothing was found", problem);
    assert.deepEqual(more, []);
  });
}

const ALLOWED: readonly [file: string, text: string][] = [
  ["src/output/a.ts", 'import type { Codec } from "../values/a.ts";'],
  ["src/output/a.ts", 'import { type Codec, type Shape } from "../values/a.ts";'],
  ["src/facts/a.ts", 'import { Btf } from "../btf/a.ts";\nimport { readFileSync } from "node:fs";'],
  ["src/ffi/a.ts", 'import ffi from "ffi-napi";'],
  ["src/bpf.ts", 'import { a } from "./maps/a.ts";'],
  ["src/infer/a.ts", '// import { a } from "../ffi/a.ts";\n/*\nimport { a } from "../ffi/a.ts";\n*/'],
  ["src/infer/a.ts", 'const program = `\nimport { a } from "../ffi/a.ts";\n`;'],
];

for (const [file, text] of ALLOWED) {
  test(`allowed: ${file}: ${text.replaceAll("\n", " ")}`, () => {
    assert.deepEqual(layerViolations(madeUp(file, text)), []);
  });
}

test("a ring of imports is found, and only the files in it", () => {
  const ring: Sources = new Map([
    ["src/btf/a.ts", 'import { b } from "./b.ts";'],
    ["src/btf/b.ts", 'import type { C } from "./c.ts";\nimport { d } from "./d.ts";'],
    ["src/btf/c.ts", 'export { b } from "./b.ts";'],
    ["src/btf/d.ts", ""],
  ]);
  assert.deepEqual(importCycles(ring), [["src/btf/b.ts", "src/btf/c.ts", "src/btf/b.ts"]]);
});

test("imports are read from a text", () => {
  const text =
    'import a, { type B } from "x";\nexport type { C } from "y";\nconst url = "http://z"; import("w");';
  assert.deepEqual(importsOf(text), [
    { specifier: "x", typeOnly: false },
    { specifier: "y", typeOnly: true },
    { specifier: "w", typeOnly: false },
  ]);
});

/** One file of each room, and the given one. */
function madeUp(file: string, text: string): Sources {
  const others = Object.keys(ROOMS).filter((room) => room !== "errors");
  return new Map([
    ["src/errors.ts", ""],
    ["src/bpf.ts", ""],
    ...others.map((room): [string, string] => [`src/${room}/a.ts`, ""]),
    [file, text],
  ]);
}

function readSources(): Sources {
  const files = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" });
  const typescript = files.filter((file) => file.endsWith(".ts")).sort();
  return new Map(typescript.map((file) => [`src/${file}`, readFileSync(join(ROOT, "src", file), "utf8")]));
}
