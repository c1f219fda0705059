// Examples must be right: those of doc comments and documents are type-checked, and the programs in them are
// translated and compiled for a recorded kernel.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { BuildOptions } from "../../../src/built-program.ts";
import { compileProgram } from "../../../src/compile-program.ts";
import { readRecordedFacts } from "../../../src/facts/recorded-facts.ts";
import { SourceError } from "../../../src/source/source-error.ts";
import { SourceText } from "../../../src/source/source-text.ts";
import { exportedNames, publicExports } from "./api-exports.ts";
import { commentExamples, type Example, markdownExamples, programTexts } from "./doc-examples.ts";
import { type ApiNames, typeCheck } from "./type-check.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const filesOf = (directory: string, ending: string) =>
  readdirSync(join(ROOT, directory), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(ending))
    .map((file) => `${directory}/${file}`)
    .sort();

const NAMES: ApiNames = {
  api: new Set(publicExports(read("src/index.ts")).map(({ name }) => name)),
  exportsOf: (file) => (file.startsWith("src/") ? exportedNames(read(file)) : []),
};

const inComments = filesOf("src", ".ts").flatMap((file) => commentExamples(file, read(file)));
const inDocuments = ["README.md", ...filesOf("docs", ".md")].flatMap((file) =>
  markdownExamples(file, read(file)),
);

/** Must be complained of, at the third line of it: else nothing was checked. */
const WRONG: Example = {
  file: "src/index.ts",
  line: 40,
  code: "const count = bpf.maps.counts.get(1);\n\nconst text: string = count;\nbpf.rings.events.lost.toFixed();",
};

test("examples are found", () => {
  assert.ok(inComments.length > 10, `${inComments.length} in doc comments`);
  assert.ok(inDocuments.length > 1, `${inDocuments.length} in documents`);
});

test("the types of all examples fit, and a wrong one is told with its line", async () => {
  const found = await typeCheck(ROOT, [...inComments, ...inDocuments, WRONG], NAMES);
  const expected = found.filter(({ file }) => file === WRONG.file);
  assert.deepEqual(
    found
      .filter((complaint) => !expected.includes(complaint))
      .map((c) => `${c.file}:${c.line}: ${c.message}`),
    [],
  );
  assert.deepEqual(
    expected.map(({ line, message }) => [line, message.slice(0, 13)]),
    [[42, "error TS2322:"]],
  );
});

const facts = readRecordedFacts(join(ROOT, "test/facts/6.12.json"));
const options: BuildOptions = { facts, warn: (message) => assert.fail(message) };

for (const example of [...inComments, ...inDocuments]) {
  for (const { line, text } of programTexts(example)) {
    test(`the program at ${example.file}:${line} compiles`, async () => {
      assert.equal(await complaintOf(text), undefined);
    });
  }
}

test("a program that does not compile is told", async () => {
  const [program] = programTexts({
    file: "",
    line: 7,
    code: "await load(\n`BPF_HASH(h);\nint kprobe__f(void *ctx) { x(); }`)",
  });
  assert.equal(program?.line, 8);
  assert.match((await complaintOf(program?.text ?? "")) ?? "", /program\.c:2:\d+: error/);
});

async function complaintOf(text: string): Promise<string | undefined> {
  try {
    const built = await compileProgram(new SourceText("program.c", text), options);
    assert.ok(built.object.length > 0);
    return undefined;
  } catch (error) {
    if (error instanceof SourceError) return error.format();
    throw error;
  }
}

test("examples are read from doc comments and documents", () => {
  const source = "\n/** One. @see x */\n/**\n * Two.\n *\n * @example\n * f(`\n *  a`);\n * @throws E\n */\n";
  assert.deepEqual(commentExamples("a.ts", source), [{ file: "a.ts", line: 6, code: "\nf(`\n a`);" }]);
  assert.deepEqual(commentExamples("a.ts", "/** @example f() */"), [{ file: "a.ts", line: 1, code: "f()" }]);
  const document = "# A\n\n```ts\nf();\n```\n```console\n$ f\n```\n";
  assert.deepEqual(markdownExamples("a.md", document), [{ file: "a.md", line: 4, code: "f();\n" }]);
});
