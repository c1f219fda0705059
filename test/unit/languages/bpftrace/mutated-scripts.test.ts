// Damaged scripts: each gives a script or errors inside of the text, and none takes long.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { BpfError } from "../../../../src/errors.ts";
import { CTypes } from "../../../../src/languages/bpftrace/c-types.ts";
import { checkScript } from "../../../../src/languages/bpftrace/check-script.ts";
import { parseScript } from "../../../../src/languages/bpftrace/parse-script.ts";
import { readSettings } from "../../../../src/languages/bpftrace/settings.ts";
import { lowerScript } from "../../../../src/lowering/lower-script.ts";
import type { Diagnostic } from "../../../../src/source/diagnostic.ts";
import { SourceText } from "../../../../src/source/source-text.ts";
import { chooseSeed, randomNumbers } from "../../btf/random.ts";
import { recordedOptions } from "./script-world.ts";

const ROUNDS = Number(process.env.BCC_TS_FUZZ_ROUNDS ?? 3000);
const SEED = chooseSeed();
const CASES = new URL("../../../../../test/cases/bpftrace/", import.meta.url);
const PIECES = [
  "(",
  ")",
  "{",
  "}",
  "[",
  "]",
  "@",
  "$a",
  "@x",
  "1",
  '"',
  ";",
  ",",
  ".",
  "->",
  "*",
  "&",
  "+",
  "++",
  "/",
  "=",
  "==",
  "?",
  ":",
  "if",
  "for",
  "let",
  "while",
  "count()",
  "hist(",
  "args",
  "struct ",
  "#",
  "\n",
  "0x",
  "\\",
  "é",
  "\0",
];

const { facts, world } = recordedOptions("6.18", ["100", "word"]);
const types = new CTypes(() => facts.btf);

function compile(text: string): readonly Diagnostic[] {
  const source = new SourceText("fuzz.bt", text);
  const { script, diagnostics } = parseScript(source, world.parameters);
  if (diagnostics.length > 0) return diagnostics;
  const { settings, diagnostics: refused } = readSettings(source, script.settings, {});
  const checked = checkScript(source, script, { ...world, facts, types }, settings);
  const all = [...refused, ...checked.diagnostics];
  if (all.some(({ severity }) => severity === "error")) return all;
  const lowered = lowerScript(checked.script, {
    source,
    settings,
    license: "GPL",
    cpus: 2,
    helperErrors: true,
    ringBytes: 4096,
  });
  assert.ok(lowered.code.length > 0);
  return all;
}

test(`${ROUNDS} mutated scripts (seed ${SEED})`, () => {
  const random = randomNumbers(SEED);
  const pick = <T>(items: readonly T[]): T => items[random(items.length)] as T;
  const texts = readdirSync(CASES).flatMap((file) =>
    readFileSync(new URL(file, CASES), "utf8")
      .split(/^## /m)
      .slice(1)
      .map((part) => part.slice(part.indexOf("\n") + 1).split("==>\n")[0] ?? ""),
  );
  for (let round = 0; round < ROUNDS; round++) {
    let text = pick(texts);
    for (let change = 1 + random(4); change > 0; change--) {
      const at = random(text.length + 1);
      const length = random(5);
      const other = pick(texts);
      const from = random(other.length);
      const piece = random(2) === 0 ? pick(PIECES) : other.slice(from, from + random(30));
      text = text.slice(0, at) + (random(3) === 0 ? "" : piece) + text.slice(at + length);
    }
    try {
      for (const { span, message } of compile(text)) {
        assert.ok(
          span.start >= 0 && span.start <= text.length && span.end >= span.start,
          `${message} at ${span.start}-${span.end} of ${JSON.stringify(text)}`,
        );
      }
    } catch (error) {
      // What a recorded kernel does not know, and options of scripts.
      if (!(error instanceof BpfError)) throw new Error(`of ${JSON.stringify(text)}`, { cause: error });
    }
  }
});
