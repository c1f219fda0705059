// Whole programs as bcc's users write them (test/cases/idioms), compiled for each recorded kernel.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { buildProgram } from "../../../../src/build-program.ts";
import { readRecordedFacts } from "../../../../src/facts/recorded-facts.ts";
import { SourceText } from "../../../../src/source/source-text.ts";

const ROOT = new URL("../../../../../", import.meta.url);
const IDIOMS = new URL("test/cases/idioms/", ROOT);

for (const file of readdirSync(IDIOMS)) {
  const text = readFileSync(new URL(file, IDIOMS), "utf8");
  // A kernel that did not run has told no formats of tracepoints.
  const kernels = text.includes("TRACEPOINT_PROBE") ? [] : ["6.1-arm64"];
  for (const kernel of ["6.1", "6.12", "6.18", ...kernels]) {
    test(`${file} for Linux ${kernel}`, async () => {
      const facts = readRecordedFacts(new URL(`test/facts/${kernel}.json`, ROOT).pathname);
      const { program } = await buildProgram(new SourceText(file, text), {
        facts,
        cache: false,
        warn: (message) => assert.fail(message),
      });
      const messages = program.warnings.map(({ message }) => message);
      assert.deepEqual(messages, []);
      const declared = [...text.matchAll(/^BPF_(?:TABLE\(.*?, .*?, .*?, |\w+\()(\w+)/gm)].map(
        ([, name]) => name,
      );
      assert.deepEqual(program.tables.map(({ name }) => name).sort(), declared.sort());
      const named = [...text.matchAll(/^\/\/ [\w-]+ \S+ (\w+)$/gm)].map(([, name]) => name);
      const functions = program.functions.map(({ name }) => name);
      for (const name of named) assert.ok(functions.includes(name ?? ""), `${name} is a program`);
    });
  }
}
