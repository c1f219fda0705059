// Whoever uses the package reads doc comments in an editor: each export has one, and each method and accessor of
// an exported class, inherited ones included.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { publicExports } from "./api-exports.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const declarationsOf = (file: string) =>
  readFileSync(join(ROOT, "dist/src", file.replace(/\.ts$/, ".d.ts")), "utf8");

const exported = publicExports(readFileSync(join(ROOT, "src/index.ts"), "utf8"));

test("the exports were found", () => {
  const names = exported.map(({ name }) => name);
  for (const name of ["load", "Bpf", "BpfError", "HashMap", "LoadOptions"])
    assert.ok(names.includes(name), name);
});

for (const { name, file } of exported) {
  test(`${name} has doc comments`, () => {
    assert.deepEqual(undocumented(file, name, declarationsOf), []);
  });
}

test("what has no comment is told, of base classes too", () => {
  const files: Record<string, string> = {
    "a/a.ts": `import { Base } from "../b/base.ts";
export declare class A<T> extends Base<T> {
    #private;
    readonly field: number;
    /** Is said. */
    said(): void;
    unsaid(): void;
    get size(): number;
    constructor();
    static make(): A;
    protected inner(): void;
    [Symbol.dispose](): void;
}`,
    "b/base.ts":
      "/** Is said. */\nexport declare abstract class Base<T> {\n    abstract get lost(): number;\n}",
  };
  const found = undocumented("a/a.ts", "A", (file) => files[file] ?? "");
  assert.deepEqual(found, ["A", "A.unsaid", "A.size", "A.make", "Base.lost"]);
});

/** An overload after the first, and the methods that a language feature calls, need no words of their own. */
function undocumented(file: string, name: string, read: (file: string) => string): string[] {
  const text = read(file);
  const lines = text.split("\n");
  const at = lines.findIndex((line) =>
    new RegExp(`^export (?:declare )?(?:abstract )?(?:class|function|const|type|interface) ${name}\\b`).test(
      line,
    ),
  );
  assert.ok(at >= 0, `${file} declares ${name}`);
  const head = lines[at] ?? "";
  const own = isSaid(lines, at) ? [] : [name];
  if (!/\bclass\b/.test(head)) return own;
  const members = lines.slice(at + 1, lines.indexOf("}", at));
  const silent = members.flatMap((line, index) => {
    const member = /^ {4}(?:static |abstract |override )*(?:get |set )?(\w+)(?:<.*>)?(?:\(|: \()/.exec(
      line,
    )?.[1];
    const counts =
      member !== undefined && member !== "constructor" && !/^ {4}(?:private|protected) /.test(line);
    return counts && !isSaid(members, index) ? [`${name}.${member}`] : [];
  });
  return [...own, ...silent, ...ofBase(file, head, text, read)];
}

function isSaid(lines: readonly string[], at: number): boolean {
  return (lines[at - 1] ?? "").trimEnd().endsWith("*/");
}

function ofBase(file: string, head: string, text: string, read: (file: string) => string): string[] {
  const bare = head.replace(/<[^<>]*>/g, "");
  const base = /\bextends (\w+)/.exec(bare)?.[1];
  if (base === undefined || base === "Error") return [];
  const from = new RegExp(`import \\{[^}]*\\b${base}\\b[^}]*\\} from "([^"]+)"`).exec(text)?.[1];
  const target = from === undefined ? file : posix.join(posix.dirname(file), from.replace(/\.js$/, ".ts"));
  return undocumented(target, base, read);
}
