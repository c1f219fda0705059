// What test/unit/evaluation shows evaluated in this process, run by the kernel.
import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluatedCases, withoutBlankLines } from "../unit/evaluation/evaluated-cases.ts";
import { needsFeature } from "./needs-feature.ts";
import { scriptOutput } from "./script-output.ts";

for (const { title, script, printed } of evaluatedCases()) {
  test(title, async (t) => {
    if (!needsFeature(t, "raw tracepoints")) return;
    const { output } = await scriptOutput(script);
    assert.equal(withoutBlankLines(output), printed);
  });
}
