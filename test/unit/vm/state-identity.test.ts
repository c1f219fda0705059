import assert from "node:assert/strict";
import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import type { Machine } from "../../../src/vm/qemu-arguments.ts";
import { isFresh, machineIdentity, type StateIdentity, stateName } from "../../../src/vm/state-identity.ts";
import { describeTool } from "../../../src/vm/tool-files.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";

const base = temporaryDirectory("identity");

const kernel = { name: "6.12", release: "6.12.0-test", directory: join(base, "kernel") };
const machine: Machine = { accel: "tcg", cpus: 1, memoryMb: 512, writableSlots: 4, serviceSlots: 4 };
const tool = join(base, "tool");

let saved: StateIdentity;
beforeEach(() => {
  mkdirSync(join(kernel.directory, "modules"), { recursive: true });
  writeFileSync(join(kernel.directory, "vmlinux"), "kernel");
  writeFileSync(join(kernel.directory, "modules/boot-order"), "a.ko\n");
  writeFileSync(tool, "tool");
  utimesSync(tool, 1, 1);
  saved = { machine: machineIdentity(kernel, machine), tools: [tool, process.execPath].map(describeTool) };
});

function freshNow(): boolean {
  return isFresh(saved, machineIdentity(kernel, machine));
}

test("a state of the present things is fresh", () => assert.ok(freshNow()));

const changes: readonly (readonly [title: string, change: () => void])[] = [
  ["another kernel", () => writeFileSync(join(kernel.directory, "vmlinux"), "a newer kernel")],
  ["other modules", () => writeFileSync(join(kernel.directory, "modules/boot-order"), "a.ko\nb.ko\n")],
  ["a tool of another size", () => writeFileSync(tool, "longer tool")],
  ["a tool of another time", () => utimesSync(tool, 2, 2)],
  ["a tool that is gone", () => rmSync(tool)],
  ["a state without this node", () => (saved = { ...saved, tools: [describeTool(tool)] })],
];

for (const [title, change] of changes)
  test(`stale: ${title}`, () => {
    change();
    assert.ok(!freshNow());
  });

const machines: readonly Partial<Machine>[] = [
  { accel: "kvm" },
  { cpus: 2 },
  { memoryMb: 1024 },
  { writableSlots: 8 },
  { serviceSlots: 8 },
];

for (const difference of machines)
  test(`a machine with ${JSON.stringify(difference)} has a state of its own`, () => {
    const other = { ...machine, ...difference };
    assert.notEqual(stateName(kernel, other), stateName(kernel, machine));
    assert.notEqual(machineIdentity(kernel, other), machineIdentity(kernel, machine));
  });
