import assert from "node:assert/strict";
import { test } from "node:test";
import { ndjsonLine } from "../../../src/output/ndjson.ts";

test("a bigint is a number only where that is exact", () => {
  assert.equal(
    ndjsonLine({ a: 1n, b: 2n ** 53n - 1n, c: 2n ** 53n }),
    `{"a":1,"b":9007199254740991,"c":"9007199254740992"}\n`,
  );
  assert.equal(ndjsonLine([-(2n ** 53n)]), `["-9007199254740992"]\n`);
});

test("bytes are hexadecimal, those of a Buffer too, at any depth", () => {
  assert.equal(ndjsonLine({ a: [Uint8Array.of(0, 255)], b: Buffer.from("A") }), `{"a":["00ff"],"b":"41"}\n`);
  assert.equal(ndjsonLine({ type: "Buffer", data: [1] }), `{"type":"Buffer","data":[1]}\n`);
});

test("a line has no newline inside, and undefined is null", () => {
  assert.equal(ndjsonLine("a\nb"), `"a\\nb"\n`);
  assert.equal(ndjsonLine(undefined), "null\n");
});

test("a byte that was no UTF-8 is the replacement character", () => {
  assert.equal(ndjsonLine(["a\udcff", "\u{1f600}"]), `["a\ufffd","\u{1f600}"]\n`);
});
