import assert from "node:assert/strict";
import { test } from "node:test";
import { type ProcessRecord, processRecord } from "../../../src/symbols/mapping-records.ts";
import { RecordedProcesses, recordedMapping } from "../../../src/symbols/recorded-processes.ts";

type Told = readonly [kind: "map", pid: number, path: string, start: number, end: number];
type Happened =
  | Told
  | readonly ["fork", pid: number, parent: number]
  | readonly ["exec" | "exit", pid: number];

/** What happened, in order, and then: a process, an address, the path that is there. */
const TABLE: readonly [string, readonly Happened[], number, number, string | undefined][] = [
  ["a mapping", [["map", 7, "/bin/a", 0x1000, 0x2000]], 7, 0x1fff, "/bin/a"],
  ["its end is outside", [["map", 7, "/bin/a", 0x1000, 0x2000]], 7, 0x2000, undefined],
  ["another process has none of it", [["map", 7, "/bin/a", 0x1000, 0x2000]], 8, 0x1000, undefined],
  [
    "the last one at an address",
    [
      ["map", 7, "/bin/a", 0x1000, 0x3000],
      ["map", 7, "/bin/b", 0x2000, 0x4000],
    ],
    7,
    0x2000,
    "/bin/b",
  ],
  [
    "what came before exec is known where nothing came after",
    [
      ["map", 7, "/bin/sh", 0x1000, 0x2000],
      ["exec", 7],
      ["map", 7, "/bin/a", 0x8000, 0x9000],
    ],
    7,
    0x1000,
    "/bin/sh",
  ],
  [
    "programs at one address, as those that are not position-independent",
    [
      ["map", 7, "/bin/sh", 0x1000, 0x2000],
      ["exec", 7],
      ["map", 7, "/bin/a", 0x1000, 0x2000],
    ],
    7,
    0x1000,
    "/bin/a",
  ],
  [
    "a child has what its parent had",
    [
      ["map", 7, "/bin/a", 0x1000, 0x2000],
      ["fork", 9, 7],
    ],
    9,
    0x1000,
    "/bin/a",
  ],
  [
    "and not what that one maps later",
    [
      ["fork", 9, 7],
      ["map", 7, "/bin/a", 0x1000, 0x2000],
    ],
    9,
    0x1000,
    undefined,
  ],
  [
    "nor that one what it maps itself",
    [
      ["fork", 9, 7],
      ["map", 9, "/bin/a", 0x1000, 0x2000],
    ],
    7,
    0x1000,
    undefined,
  ],
  [
    "a process that has ended",
    [
      ["map", 7, "/bin/a", 0x1000, 0x2000],
      ["exit", 7],
    ],
    7,
    0x1000,
    "/bin/a",
  ],
  [
    "a number that is used again",
    [
      ["map", 7, "/bin/a", 0x1000, 0x2000],
      ["exit", 7],
      ["fork", 7, 3],
    ],
    7,
    0x1000,
    undefined,
  ],
];

for (const [title, happened, pid, address, expected] of TABLE) {
  test(title, () => {
    const processes = new RecordedProcesses();
    for (const each of happened) processes.apply(record(each));
    const found = processes.get(pid);
    assert.equal(found && recordedMapping(found, address)?.path, expected);
  });
}

test("a process is its parent's copy until exec, and ends once", () => {
  const processes = new RecordedProcesses();
  const state = () => {
    const { parent, ended } = processes.get(9) ?? {};
    return [parent, ended];
  };
  processes.apply(record(["fork", 9, 7]));
  assert.deepEqual(state(), [7, false]);
  processes.apply(record(["exit", 9]));
  assert.deepEqual(state(), [7, true]);
  // Its first thread has ended, since another one called exec.
  processes.apply(record(["exec", 9]));
  assert.deepEqual(state(), [undefined, false]);
});

test("what is kept has a bound, of all processes and of one", () => {
  const processes = new RecordedProcesses(100_000);
  for (let pid = 1; pid <= 10_000; pid++) {
    processes.apply(record(["fork", pid, 0]));
    processes.apply(record(["map", pid, "/bin/a", 0x1000, 0x2000]));
  }
  assert.equal(processes.get(1), undefined);
  assert.equal(processes.get(9_000), undefined);
  assert.equal(processes.get(10_000)?.mappings.length, 1);
  const one = new RecordedProcesses();
  for (let at = 1; at <= 100_000; at++) one.apply(record(["map", 7, "/bin/a", at * 0x1000, at * 0x1000 + 1]));
  const { mappings = [] } = one.get(7) ?? {};
  assert.ok(mappings.length <= 4096, String(mappings.length));
  assert.equal(mappings.at(-1)?.start, 100_000 * 0x1000);
  // The same again is nothing new.
  one.apply(record(["map", 7, "/bin/a", 100_000 * 0x1000, 100_000 * 0x1000 + 1]));
  assert.equal(one.get(7)?.mappings.length, mappings.length);
});

function record(happened: Happened): ProcessRecord {
  const [kind, pid] = happened;
  const time = 0n;
  if (happened[0] === "fork") return { kind: "fork", time, pid, parent: happened[2] };
  if (happened[0] !== "map") return { kind, time, pid } as ProcessRecord;
  const [, , path, start, end] = happened;
  const mapping = { start, end, executable: true, offset: 0, file: "08:01 42", path, deleted: false };
  return { kind: "map", time, pid, mapping };
}

/** Records as the kernel writes them: type, flags, the numbers after the header, a name; the time is 5. */
const RECORDS: readonly [string, number, number, readonly number[], string, object | undefined][] = [
  ["a thread begins", 7, 0, [10, 10, 11, 10, 0, 0], "", undefined],
  ["a process begins", 7, 0, [11, 10, 11, 10, 0, 0], "", { kind: "fork", time: 5n, pid: 11, parent: 10 }],
  ["a thread ends", 4, 0, [10, 1, 11, 1, 0, 0], "", undefined],
  ["a process ends", 4, 0, [10, 1, 10, 1, 0, 0], "", { kind: "exit", time: 5n, pid: 10 }],
  ["of another namespace", 4, 0, [-1, -1, -1, -1, 0, 0], "", undefined],
  ["exec", 3, 1 << 13, [10, 10], "sh", { kind: "exec", time: 5n, pid: 10 }],
  ["another name", 3, 0, [10, 10], "sh", undefined],
  ["memory without a file", 10, 2, mapped(0, 0), "//anon", undefined],
  ["a library", 10, 2, mapped(0x7f00, 42), "/lib/a.so", library("/lib/a.so", false)],
  ["one that was removed", 10, 2, mapped(0x7f00, 42), "/lib/a.so (deleted)", library("/lib/a.so", true)],
  ["lost", 2, 0, [0, 0, 3, 0], "", undefined],
];

for (const [title, type, flags, numbers, name, expected] of RECORDS) {
  test(`a record: ${title}`, () => {
    const bytes = Buffer.alloc(8 + 3 + 8 + numbers.length * 4 + Math.ceil((name.length + 1) / 8) * 8 + 8);
    const [start, size] = [3, bytes.length - 3];
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    view.setUint32(start, type, true);
    view.setUint16(start + 4, flags, true);
    view.setUint16(start + 6, size, true);
    for (const [index, number] of numbers.entries()) view.setInt32(start + 8 + index * 4, number, true);
    bytes.write(name, start + 8 + numbers.length * 4);
    view.setBigUint64(start + size - 8, 5n, true);
    assert.deepEqual(processRecord(type, view, start, size), expected);
  });
}

/** A process's numbers, address, length, offset, device, inode, its generation, protection and flags. */
function mapped(high: number, inode: number): number[] {
  return [10, 12, 0x1000, high, 0x2000, 0, 0x3000, 0, 8, 1, inode, 0, 0, 0, 5, 2];
}

function library(path: string, deleted: boolean): object {
  const start = 0x7f00_0000_1000;
  const place = { start, end: start + 0x2000, executable: true, offset: 0x3000, file: "08:01 42" };
  return { kind: "map", time: 5n, pid: 10, mapping: { ...place, path, deleted } };
}
