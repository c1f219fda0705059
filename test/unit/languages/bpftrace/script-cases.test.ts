// The cases under test/cases/bpftrace: a script, and after "==>" the C of its programs, or its diagnostics.
// BCC_TS_UPDATE_CASES=1 writes down what comes out; read the difference before it is kept.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { compileObject } from "../../../../src/compile/c-front-end.ts";
import { ClangSession } from "../../../../src/compile/clang-session.ts";
import { translateScript } from "../../../../src/compile-script.ts";
import { renderDiagnostic } from "../../../../src/source/diagnostic.ts";
import { SourceError } from "../../../../src/source/source-error.ts";
import { SourceText } from "../../../../src/source/source-text.ts";
import { recordedOptions } from "./script-world.ts";

const CASES = new URL("../../../../../test/cases/bpftrace/", import.meta.url);
const UPDATE = process.env.BCC_TS_UPDATE_CASES === "1";
const ARROW = "==>\n";
const OPTIONS = recordedOptions("6.18", ["100", "word"]);

/** The programs' C with the warnings, or what is wrong with the script. */
async function outcome(input: string): Promise<string> {
  const source = new SourceText("case.bt", input);
  try {
    const { code, warnings } = await translateScript(source, OPTIONS);
    await compileObject(code, source, new ClangSession({})); // What comes out must be C that compiles.
    const programs = code.slice(code.indexOf("struct frame_0 {"), code.indexOf('#line 1 "<script end>"'));
    const plain = programs.replace(/^#line .*\n/gm, "").trimEnd();
    return [`${plain}\n`, ...warnings.map((warning) => `${renderDiagnostic(warning)}\n`)].join("");
  } catch (error) {
    if (error instanceof SourceError) return `${error.format()}\n`;
    throw error;
  }
}

for (const file of readdirSync(CASES)) {
  const path = new URL(file, CASES);
  const parts = readFileSync(path, "utf8").split(/^## /m).slice(1);
  const written: string[] = [];
  for (const part of parts) {
    const title = part.slice(0, part.indexOf("\n"));
    const [input = "", expected = ""] = part.slice(title.length + 1).split(ARROW);
    test(`${file}: ${title}`, async () => {
      const actual = await outcome(input);
      written.push(`## ${title}\n${input}${ARROW}${actual}`);
      if (!UPDATE) assert.equal(actual, expected);
      else if (written.length === parts.length) writeFileSync(path, written.join(""));
    });
  }
}
