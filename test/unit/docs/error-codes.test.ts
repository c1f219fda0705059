import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

/** A code where an error is made, where a class gives it to its base, or where a union of codes is declared. */
const MADE = /(?:new [A-Z]\w*Error|\bsuper)\(\s*"(?<code>[A-Z][A-Z_]*)"/g;
const UNION = /type \w+ErrorCode =(?<codes>[^;]+);/g;
/** These take something else as their first argument. */
const NO_CODE =
  /new (?:PermissionError|UnsupportedError|SyscallError|AttachError|ClosedError)\(\s*"[A-Z_]+"/g;

test("docs/errors.md has every code of the sources, and no other", () => {
  const inSources = codesOfSources();
  const inDocument = codesOfDocument(readFileSync(join(ROOT, "docs/errors.md"), "utf8"));
  assert.ok(inSources.size > 20, "the sources were read");
  assert.deepEqual([...inSources].filter((code) => !inDocument.has(code)).sort(), [], "not in the document");
  assert.deepEqual([...inDocument].filter((code) => !inSources.has(code)).sort(), [], "no longer thrown");
});

test("codes are found in each form in which sources give them", () => {
  const text = `
export type AbcErrorCode = "A_ONE" | "A_TWO";
throw new BpfError("PLAIN", "message");
throw new BpfError(
  "WRAPPED",
super("OF_CLASS", message);
throw new PermissionError("CAP_BPF", "message");`;
  assert.deepEqual([...codesOf(text)].sort(), ["A_ONE", "A_TWO", "OF_CLASS", "PLAIN", "WRAPPED"]);
});

function codesOfSources(): Set<string> {
  const files = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" });
  const texts = files
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(ROOT, "src", file), "utf8"));
  return new Set(texts.flatMap((text) => [...codesOf(text)]));
}

function codesOf(text: string): Set<string> {
  const code = text.replace(NO_CODE, "");
  const made = [...code.matchAll(MADE)].map((match) => match.groups?.code ?? "");
  const declared = [...code.matchAll(UNION)].flatMap(
    (match) => match.groups?.codes?.match(/[A-Z][A-Z_]*/g) ?? [],
  );
  return new Set([...made, ...declared]);
}

/** The codes in the columns "code" of its tables: the first column, or the second after a class. */
function codesOfDocument(text: string): Set<string> {
  const rows = text.split("\n").filter((line) => line.startsWith("| `"));
  const cells = rows.flatMap((row) => row.split("|").slice(1, 3));
  return new Set(
    cells.flatMap((cell) => [...cell.matchAll(/`([A-Z][A-Z_]*)`/g)].map((match) => match[1] ?? "")),
  );
}
