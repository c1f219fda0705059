// Compares random scripts in the kernel with what they evaluate to in this process, as many as are asked for:
//   npm run oracle -- [--expressions N] [--statements N] [--seed N]
// A million results of expressions, and ten thousand blocks of statements unless told. Stops at the first difference,
// with the smallest script that shows it.
import { parseArgs } from "node:util";
import type { Numbers } from "../fuzz/mutate.ts";
import { chooseSeed } from "../unit/btf/random.ts";
import { checkSeeds } from "./check-script.ts";
import { expressionScript, statementScript } from "./random-script.ts";

const TELL_EVERY = { expressions: 50_000, statements: 500 };
/** Values that each expression is tried with. */
const ROWS = 32;

const { values } = parseArgs({
  options: { expressions: { type: "string" }, statements: { type: "string" }, seed: { type: "string" } },
});
const seed = Number(values.seed ?? chooseSeed() % 1_000_000);
console.log(`BCC_TS_SEED=${seed}`);
for (const [what, make, least] of [
  [
    "expressions",
    (random: Numbers) => expressionScript(random, ROWS),
    Number(values.expressions ?? 1_000_000),
  ],
  ["statements", statementScript, Number(values.statements ?? 10_000)],
] as const) {
  const begin = performance.now();
  const seconds = () => ((performance.now() - begin) / 1000).toFixed(0);
  let told = 0;
  const { cases, refused } = await checkSeeds(make, seed, least, (sum) => {
    if (sum.cases - told < TELL_EVERY[what]) return;
    told = sum.cases;
    console.log(`${what}: ${sum.cases} the same, ${seconds()} s`);
  });
  console.log(`${what}: ${cases} the same, ${refused} are no scripts, ${seconds()} s`);
}
