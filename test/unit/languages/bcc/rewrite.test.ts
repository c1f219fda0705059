// The cases under test/cases/bcc: a text in bcc's dialect, and after "==>" what it becomes, or its
// diagnostics. BCC_TS_UPDATE_CASES=1 writes down what comes out; read the difference before it is kept.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import type { BuildOptions } from "../../../../src/built-program.ts";
import { compileObject } from "../../../../src/compile/c-front-end.ts";
import { ClangSession } from "../../../../src/compile/clang-session.ts";
import { translateProgram } from "../../../../src/compile-program.ts";
import { readRecordedFacts } from "../../../../src/facts/recorded-facts.ts";
import { renderDiagnostic } from "../../../../src/source/diagnostic.ts";
import { SourceError } from "../../../../src/source/source-error.ts";
import { SourceText } from "../../../../src/source/source-text.ts";

const ROOT = new URL("../../../../../", import.meta.url);
const CASES = new URL("test/cases/bcc/", ROOT);
const UPDATE = process.env.BCC_TS_UPDATE_CASES === "1";
const ARROW = "==>\n";

const optionsFor = (kernel: string): BuildOptions => {
  const facts = readRecordedFacts(new URL(`test/facts/${kernel}.json`, ROOT).pathname);
  return { facts, warn: (message) => assert.fail(message) };
};
/** The texts are the newest kernel's; on the others the same programs compile and the same ones do not. */
const NEWEST = optionsFor("6.18");
const OTHERS = [optionsFor("6.1"), optionsFor("6.12")];

/** What the texts of a file are translated with. */
const WITH: Readonly<Record<string, Partial<BuildOptions>>> = {
  "aarch64.txt": optionsFor("6.1-arm64"),
  "kept-bounds.txt": { keepBounds: true },
};

interface Case {
  readonly title: string;
  readonly input: string;
  readonly expected: string;
}

function readCases(text: string): Case[] {
  return text
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const title = part.slice(0, part.indexOf("\n"));
      const [input = "", expected = ""] = part.slice(title.length + 1).split(ARROW);
      return { title, input, expected };
    });
}

/** What the user's text became, without what stands before and after it; or what is wrong with it. */
async function outcome(input: string, options: BuildOptions): Promise<string> {
  const source = new SourceText("case.c", input);
  try {
    const program = await translateProgram(source, options);
    await compileObject(program.code, source, new ClangSession(options)); // What comes out must be C that compiles.
    const start = program.code.indexOf('#line 1 "case.c"\n');
    const end = program.code.indexOf('#line 1 "<bcc-ts>"\n');
    const events = program.events.map(
      ({ table, types, mayBePart }) =>
        `events of ${table}: ${types.join(", ")}${mayBePart ? ", or a part" : ""}\n`,
    );
    const warnings = program.warnings.map((warning) => `${renderDiagnostic(warning)}\n`);
    const text = program.code.slice(program.code.indexOf("\n", start) + 1, end).trimEnd();
    return [`${text}\n`, ...events, ...warnings].join("");
  } catch (error) {
    if (error instanceof SourceError) return `${error.format()}\n`;
    throw error;
  }
}

function isRefusal(text: string): boolean {
  return /^case\.c:\d+:\d+: (?:error|warning): /.test(text);
}

for (const file of readdirSync(CASES)) {
  const path = new URL(file, CASES);
  const cases = readCases(readFileSync(path, "utf8"));
  const written: string[] = [];
  for (const { title, input, expected } of cases) {
    test(`${file}: ${title}`, async () => {
      const actual = await outcome(input, { ...NEWEST, ...WITH[file] });
      written.push(`## ${title}\n${input}${ARROW}${actual}`);
      if (!UPDATE) assert.equal(actual, expected);
      for (const other of OTHERS) {
        const text = await outcome(input, { ...other, ...WITH[file] });
        assert.equal(isRefusal(text), isRefusal(actual), `Linux ${other.facts.release}: ${text}`);
      }
      if (UPDATE && written.length === cases.length) writeFileSync(path, written.join(""));
    });
  }
}
