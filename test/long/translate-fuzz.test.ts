// Damaged programs through the whole front end, clang included: each becomes an object or is refused with an error
// at its lines. BCC_TS_SEED repeats a run, BCC_TS_ROUNDS says how many (500).
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { BuildOptions } from "../../src/built-program.ts";
import { compileObject } from "../../src/compile/c-front-end.ts";
import { ClangSession } from "../../src/compile/clang-session.ts";
import { translateProgram } from "../../src/compile-program.ts";
import { BpfError } from "../../src/errors.ts";
import { readRecordedFacts } from "../../src/facts/recorded-facts.ts";
import { SourceError } from "../../src/source/source-error.ts";
import { SourceText } from "../../src/source/source-text.ts";
import { mutateTokens } from "../fuzz/mutate.ts";
import { programTexts } from "../fuzz/targets.ts";
import { chooseSeed, randomNumbers } from "../unit/btf/random.ts";

const ROUNDS = Number(process.env.BCC_TS_ROUNDS ?? 500);
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const facts = readRecordedFacts(`${ROOT}test/facts/6.12.json`);

test(`${ROUNDS} damaged programs are compiled or refused`, { timeout: 3_600_000 }, async () => {
  const seed = chooseSeed();
  console.log(`BCC_TS_SEED=${seed}`);
  const texts = programTexts();
  const counts = { compiled: 0, refused: 0, refusedLate: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const random = randomNumbers((seed + Math.imul(round, 0x9e3779b1)) >>> 0);
    const text = mutateTokens(texts[random(texts.length)] ?? "", random);
    const { refusal, late } = await outcome(text);
    const what = `round ${round} of seed ${seed}:\n${text}\n`;
    if (refusal === undefined) counts.compiled++;
    else if (late) counts.refusedLate++;
    else counts.refused++;
    if (refusal === undefined) continue;
    assert.ok(BpfError.is(refusal), what + (refusal instanceof Error ? refusal.stack : refusal));
    const told = refusal instanceof SourceError ? refusal.format() : refusal.message;
    // What was accepted as it stood and is not when it was translated is worth a look.
    if (late) console.log(what + told);
  }
  console.log(counts);
});

async function outcome(text: string): Promise<{ refusal?: unknown; late: boolean }> {
  const options: BuildOptions = { facts, warn: (message) => assert.fail(message) };
  const source = new SourceText("fuzz.c", text);
  let late = false;
  try {
    const program = await translateProgram(source, options);
    late = true;
    await compileObject(program.code, source, new ClangSession(options));
    return { late };
  } catch (refusal) {
    return { refusal, late };
  }
}
