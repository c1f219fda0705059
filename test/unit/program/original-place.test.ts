import assert from "node:assert/strict";
import { test } from "node:test";
import { Edits } from "../../../src/languages/bcc/edits.ts";
import { originalSpan } from "../../../src/program/original-place.ts";
import { SourceText } from "../../../src/source/source-text.ts";

const source = new SourceText("p.c", "first line\n\tm.look(&k) + sk->a->b;\nlast\n");
const edits = new Edits();
const place = (text: string) => source.text.indexOf(text);
edits.replace(place("m.look("), place("&k"), "bcc_ts_look(m, ");
edits.wrap(place("&k"), place("&k") + 2, "(", ")");
edits.wrap(place("sk->a"), place("sk->a") + 5, "READ(", ")");
edits.wrap(place("sk->a"), place("sk->a->b") + 8, "READ(", ")");
edits.insert(place("last"), "int x; ");
const code = new SourceText("p.c", edits.apply(source));

const cases: readonly [coded: string, original: string][] = [
  ["bcc_ts_look", "m.look"],
  ["&k", "&k"],
  ["+ READ", "+ sk"],
  ["sk->a", "sk->a"],
  ["->b", "->b"],
  ["int x", "last"],
  ["last", "last"],
  ["first", "first"],
];

for (const [coded, original] of cases) {
  test(`${coded} comes from ${original}`, () => {
    const { line, column } = code.position(code.text.indexOf(coded));
    const { start } = originalSpan(source, edits.changes, line, column);
    assert.equal(source.text.slice(start, start + original.length), original);
  });
}

test("a column behind the line is its end", () => {
  const { start, end } = originalSpan(source, edits.changes, 1, 500);
  assert.deepEqual(source.position(start), { line: 1, column: 11 });
  assert.equal(start, end);
});

test("without the changes only the line is known", () => {
  const { start, end } = originalSpan(source, undefined, 2, 30);
  assert.equal(source.text.slice(start, end), "m.look(&k) + sk->a->b;");
});
