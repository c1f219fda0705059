import assert from "node:assert/strict";
import { test } from "node:test";
import { readMessages } from "../../../src/compile/clang-messages.ts";
import { renderDiagnostic } from "../../../src/source/diagnostic.ts";
import { SourceText } from "../../../src/source/source-text.ts";

const source = new SourceText("p.c", "BPF_HASH(t);\nint f(void)\n{\n\treturn größe + undeclared;\n}\n");

const cases: readonly { title: string; messages: string; rendered: readonly string[] }[] = [
  {
    title: "an error at a place, columns counted in bytes",
    messages: "p.c:4:19: error: use of undeclared identifier 'undeclared'\n1 error generated.\n",
    rendered: [
      "p.c:4:17: error: use of undeclared identifier 'undeclared'\n4 | \treturn größe + undeclared;\n  | \t               ^~~~~~~~~~",
    ],
  },
  {
    title: "the flag of a warning is its code",
    messages: "p.c:4:2: warning: odd thing [-Wodd]\n",
    rendered: ["p.c:4:2: warning: odd thing\n4 | \treturn größe + undeclared;\n  | \t^~~~~~"],
  },
  {
    title: "an error inside of a table macro is told at the place that uses it",
    messages: "<stdin>:90:3: error: unknown type name 'x'\np.c:1:1: note: expanded from macro 'BPF_HASH'\n",
    rendered: ["p.c:1:1: error: unknown type name 'x'\n1 | BPF_HASH(t);\n  | ^~~~~~~~"],
  },
  {
    title: "a warning about our own definitions is not the user's",
    messages: "<stdin>:90:3: warning: something\n",
    rendered: [],
  },
  {
    title: "notes belong to the message before them",
    messages: "p.c:4:2: error: bad\np.c:2:5: note: declared here\n",
    rendered: [
      "p.c:4:2: error: bad\n4 | \treturn größe + undeclared;\n  | \t^~~~~~\np.c:2:5: note: declared here\n2 | int f(void)\n  |     ^",
    ],
  },
  {
    title: "code generation stands at a function's begin: the line that a note tells counts",
    messages:
      "p.c:2:5: error: bad code\np.c:2:5: note: could not determine the original source location for p.c:0:0\n" +
      "p.c:2:5: note: could not determine the original source location for p.c:4:90\n",
    rendered: [
      "p.c:4:2: error: bad code\n4 | \treturn größe + undeclared;\n  | \t^~~~~~~~~~~~~~~~~~~~~~~~~~",
    ],
  },
];

for (const { title, messages, rendered } of cases) {
  test(title, () => {
    assert.deepEqual(readMessages(messages, source).map(renderDiagnostic), rendered);
  });
}

test("codes tell warnings apart", () => {
  const [warning] = readMessages("p.c:4:2: warning: odd thing [-Wodd]\n", source);
  assert.equal(warning?.code, "-Wodd");
});
