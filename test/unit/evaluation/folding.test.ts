// What is worked out when a script is compiled is what it would come to when the script runs. BCC_TS_SEED repeats a run.
import assert from "node:assert/strict";
import { test } from "node:test";
import { INTEGERS, RandomExpression } from "../../script-oracle/random-expression.ts";
import { evaluate } from "../../script-oracle/run-both.ts";
import { textOf } from "../../script-oracle/tree.ts";
import { chooseSeed, randomNumbers } from "../btf/random.ts";
import { recordedOptions } from "../languages/bpftrace/script-world.ts";

const SCRIPTS = 20;
const CASES = 100;

test(`${SCRIPTS * CASES} expressions of constants and of variables come to the same`, async () => {
  const seed = chooseSeed() % 1_000_000;
  console.log(`BCC_TS_SEED=${seed}`);
  for (let script = 0; script < SCRIPTS; script++) await compareFolded(seed + script);
});

/** Each expression twice: with constants of all types, and with variables of the same types and values. */
async function compareFolded(seed: number): Promise<void> {
  const random = randomNumbers(seed);
  const literals = new RandomExpression(random, {});
  const constants = INTEGERS.map((type) => `((${type})${literals.literal()})`);
  const names = INTEGERS.map((type) => `$${type}`);
  const declared = names.map((name, i) => `${name} = ${constants[i]};`).join(" ");
  const written = Array.from({ length: CASES }, () => textOf(literals.arithmetic(4, names)));
  const folded = written.map((text) =>
    text.replace(/\$u?int\d+/g, (name) => constants[names.indexOf(name)] ?? name),
  );
  const lines = written.map((text, i) => `print((${text})); print((${folded[i]}));`);
  const events = await evaluate(`begin { ${declared}\n${lines.join("\n")}\n}`, recordedOptions("6.18"));
  const values = events.filter(({ event }) => event.kind === "value").map(({ event }) => event);
  assert.equal(values.length, 2 * CASES);
  for (const [i, text] of written.entries()) {
    const message = `BCC_TS_SEED=${seed}: ${declared} ${text}`;
    assert.deepEqual(values[2 * i + 1], values[2 * i], message);
  }
}
