// What is wrong with C that a script imports, or with a call of it, is told at its place.
import assert from "node:assert/strict";
import { test } from "node:test";
import { translateScript } from "../../../../src/compile-script.ts";
import { SourceError } from "../../../../src/source/source-error.ts";
import { SourceText } from "../../../../src/source/source-text.ts";
import { recordedOptions } from "./script-world.ts";

const C = `struct pair { int a, b; };
int sum(struct pair *p, int by) { return by; }
static int hidden(int a) { return a; }
int shown(int a) { return hidden(a); }`;

const CASES: readonly (readonly [title: string, code: string, block: string, ...told: string[]])[] = [
  [
    "a text for a number",
    C,
    'print(shown("x"));',
    "case.bt:1 Type mismatch for a: 'string[2]' is given where 'int32' is wanted",
  ],
  [
    "a number for a pointer",
    C,
    "print(sum(pid, 1));",
    "case.bt:1 Type mismatch for p: 'uint32' is given where 'struct pair *' is wanted",
  ],
  ["too few arguments", C, "print(shown());", "case.bt:1 shown() requires 1 argument (0 provided)"],
  ["a static function", C, "print(hidden(1));", "case.bt:1 Unknown function: 'hidden'"],
  [
    "wrong C",
    "int a(void) { return 1; }\nint b(void) { return c; }",
    "print(a());",
    "code.bpf.c:2 use of undeclared identifier 'c'",
  ],
  ["right C", C, "print((shown(1), sum(0, 2), sizeof(struct pair)));"],
];

for (const [title, code, block, ...told] of CASES) {
  test(title, async () => {
    const source = new SourceText("case.bt", `import "code.bpf.c"; begin { ${block} }`);
    const options = recordedOptions("6.18");
    const world = { ...options.world, imported: () => [new SourceText("code.bpf.c", code)] };
    const outcome = await translateScript(source, { ...options, world }).then(
      () => [],
      (error) => {
        if (!(error instanceof SourceError)) throw error;
        return error.diagnostics.map(({ message, source: text, span }) => {
          return `${text.name}:${text.position(span.start).line} ${message}`;
        });
      },
    );
    assert.deepEqual(outcome, told);
  });
}
