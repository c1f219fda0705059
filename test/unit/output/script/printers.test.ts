import assert from "node:assert/strict";
import { test } from "node:test";
import type { PrintableEvent, Printed } from "../../../../src/output/script/printed.ts";
import { scriptPrinter } from "../../../../src/output/script/script-printer.ts";
import { int, scalar, str, tuple } from "./values.ts";

const TEXT = 'begin { errorf("bad: %d", 10); }';
const place = { file: "stdin", line: 1, column: 9, endColumn: 30 };
const other = { file: "lib.bt", line: 7, column: 3, endColumn: 5, text: "errorf" };
const drawn = `${TEXT}\n        ~~~~~~~~~~~~~~~~~~~~~\n`;
const options = { quiet: false, warnings: true, line: () => TEXT };

const cases: readonly (readonly [PrintableEvent, text: Printed, json: string])[] = [
  [
    { kind: "printf", format: "%d\n", arguments: [int(5)] },
    { stdout: "5\n" },
    '{"type": "printf", "data": "5\\n"}',
  ],
  [
    { kind: "value", value: tuple(int(1), str("a")) },
    { stdout: "(1, a)\n" },
    '{"type": "value", "data": [1,"a"]}',
  ],
  [{ kind: "map", map: scalar("@x", int(1)) }, { stdout: "@x: 1\n" }, '{"type": "map", "data": {"@x": 1}}'],
  [
    { kind: "time", format: "%f\n", at: new Date(2) },
    { stdout: "002000\n" },
    '{"type": "time", "data": "002000\\n"}',
  ],
  [{ kind: "cat", text: "1 2\n" }, { stdout: "1 2\n" }, '{"type": "cat", "data": "1 2\\n"}'],
  [
    { kind: "join", items: ["ls", "-l"], separator: " " },
    { stdout: "ls -l\n" },
    '{"type": "join", "data": "ls -l"}',
  ],
  [
    { kind: "attached", probes: 1 },
    { stderr: "Attached 1 probe\n" },
    '{"type": "attached_probes", "data": {"probes": 1}, "count": 1}',
  ],
  [
    { kind: "lost", count: 3 },
    { stderr: "Lost 3 events\n" },
    '{"type": "lost_events", "data": {"events": 3}, "count": 3}',
  ],
  [
    { kind: "errorf", format: "bad: %d", arguments: [int(10)], place },
    { stderr: "stdin:1:9-30: ERROR: bad: 10\n" },
    '{"type": "errorf", "msg": "bad: 10", "filename": "stdin", "line": 1, "col": 9}',
  ],
  [
    { kind: "errorf", format: "bad: %d", arguments: [int(10)], place: other, callers: [place] },
    { stderr: `lib.bt:7:3-5: ERROR: bad: 10\nstdin:1:9-30: ERROR: expanded from\n${drawn}` },
    '{"type": "errorf", "msg": "bad: 10", "filename": "lib.bt", "line": 7, "col": 3}',
  ],
  [
    { kind: "warnf", format: "bad: %d", arguments: [int(10)], place },
    { stderr: "stdin:1:9-30: WARNING: bad: 10\n" },
    '{"type": "warnf", "msg": "bad: 10", "filename": "stdin", "line": 1, "col": 9}',
  ],
  [
    { kind: "helper-error", helper: "map_lookup_elem", result: 0, message: "It is not there.", place },
    {
      stderr: `stdin:1:9-30: WARNING: It is not there.\nAdditional Info - helper: map_lookup_elem, retcode: 0\n${drawn}`,
    },
    '{"type": "helper_error", "msg": "It is not there.", "helper": "map_lookup_elem", "retcode": 0, "filename": "stdin", "line": 1, "col": 9}',
  ],
];

for (const [event, text, json] of cases) {
  test(`${event.kind} as text and as JSON`, () => {
    assert.deepEqual(scriptPrinter({ ...options, format: "text" }).print(event), text);
    assert.deepEqual(scriptPrinter({ ...options, format: "json" }).print(event), { stdout: `${json}\n` });
    JSON.parse(json);
  });
}

test("quiet is silent of probes and losses, --no-warnings of warnings", () => {
  for (const format of ["text", "json"] as const) {
    const quiet = scriptPrinter({ ...options, quiet: true, format });
    assert.deepEqual(quiet.print({ kind: "attached", probes: 2 }), {});
    assert.deepEqual(quiet.print({ kind: "lost", count: 2 }), {});
    const calm = scriptPrinter({ ...options, warnings: false, format });
    assert.deepEqual(calm.print({ kind: "warnf", format: "x", arguments: [], place }), {});
  }
});

test("two line ends stand before the maps of the end, in text alone", () => {
  assert.deepEqual(scriptPrinter({ ...options, format: "text" }).end(), { stdout: "\n\n" });
  assert.deepEqual(scriptPrinter({ ...options, format: "json" }).end(), {});
});
