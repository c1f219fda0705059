// BCC_TS_UPDATE_CASES=1 writes down what comes out; read the difference, and run the kernel's side, before it is kept.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { ClangSession } from "../../../src/compile/clang-session.ts";
import { settleScript } from "../../../src/compile-script.ts";
import { UnsupportedError } from "../../../src/errors.ts";
import { evaluateScript } from "../../../src/evaluation/evaluate-script.ts";
import type { PrintableEvent } from "../../../src/output/script/printed.ts";
import { scriptPrinter } from "../../../src/output/script/script-printer.ts";
import { SourceText } from "../../../src/source/source-text.ts";
import { recordedOptions } from "../languages/bpftrace/script-world.ts";
import { evaluatedCases, rewriteCases, withoutBlankLines } from "./evaluated-cases.ts";

const OPTIONS = recordedOptions("6.18");
const UPDATE = process.env.BCC_TS_UPDATE_CASES === "1";
const rewritten = new Map<string, string>();

async function evaluated(text: string): Promise<string> {
  using clang = new ClangSession({});
  const { script, settings } = await settleScript(new SourceText("case.bt", text), OPTIONS, clang);
  const printer = scriptPrinter({ format: "text", quiet: true, warnings: true, line: () => undefined });
  const spell = { deferred: () => ({ kind: "none" }) as const };
  const events = evaluateScript(script, { spell, printMapsOnExit: settings.printMapsOnExit });
  return events.map(({ event }) => printer.print(event as PrintableEvent).stdout ?? "").join("");
}

for (const { title, script, printed } of evaluatedCases()) {
  test(title, async () => {
    const actual = withoutBlankLines(await evaluated(script));
    rewritten.set(title, actual);
    if (!UPDATE) assert.equal(actual, printed);
  });
}

after(() => {
  if (UPDATE) rewriteCases(rewritten);
});

for (const [what, script] of [
  ["another probe", "interval:s:1 { }"],
  ["the current task", "begin { print(pid); }"],
  ["memory", "begin { print(*(uint64 *)5); }"],
  ["a stack", "begin { print(kstack); }"],
  ["the clock", "begin { @ = tseries(1, 1s, 2); }"],
] as const) {
  test(`what only the kernel can tell is refused: ${what}`, async () => {
    await assert.rejects(evaluated(script), UnsupportedError);
  });
}
