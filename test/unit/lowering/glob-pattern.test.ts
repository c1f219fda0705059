import assert from "node:assert/strict";
import { test } from "node:test";
import { globMatches } from "../../../src/evaluation/glob-match.ts";
import { GLOB_ANY, GLOB_SET, GLOB_STAR, parseGlob } from "../../../src/lowering/glob-pattern.ts";

const TOKENS: readonly (readonly [string, readonly number[]])[] = [
  ["", [0]],
  ["a?", [97, GLOB_ANY, 0]],
  ["*[a-c]x[!d]", [GLOB_STAR, GLOB_SET, 120, GLOB_SET + 1, 0]],
  ["[", [GLOB_SET, 0]],
  ["a\0b", [97, 0]],
  ["\xff", [255, 0]],
];

for (const [pattern, tokens] of TOKENS) {
  test(`the tokens of ${JSON.stringify(pattern)}`, () => {
    assert.deepEqual(parseGlob(pattern).tokens, tokens);
  });
}

const SETS = [
  "[a]",
  "[a-c]",
  "[!a-c]",
  "[]a]",
  "[!]]",
  "[a-]",
  "[-a]",
  "[a-c-e]",
  "[z-a]",
  "[ab",
  "[!",
  "[\xf0-\xff]",
];

for (const pattern of SETS) {
  test(`${JSON.stringify(pattern)} has the characters that its evaluation fits`, () => {
    const { sets } = parseGlob(pattern);
    const bytes = Uint8Array.from(pattern, (c) => c.charCodeAt(0));
    for (let byte = 1; byte < 256; byte++) {
      const inSet = ((sets[0]?.[byte >> 6] ?? 0n) >> BigInt(byte & 63)) & 1n;
      assert.equal(inSet === 1n, globMatches(Uint8Array.of(byte), bytes), `character ${byte}`);
    }
  });
}
