import assert from "node:assert/strict";
import { test } from "node:test";
import { systemCallName, systemCallNumber } from "../../../src/program/system-call-names.ts";

const NUMBERS: Readonly<Record<string, readonly (readonly [number, string])[]>> = {
  x64: [
    [0, "read"],
    [59, "execve"],
    [334, "rseq"],
    [336, "uprobe"],
    [337, "[unknown: 337]"],
  ],
  arm64: [
    [0, "io_setup"],
    [63, "read"],
    [221, "execve"],
    [244, "[unknown: 244]"],
    [293, "rseq"],
  ],
};

const EVERYWHERE: readonly (readonly [number, string])[] = [
  [423, "[unknown: 423]"],
  [424, "pidfd_send_signal"],
  [435, "clone3"],
  [450, "set_mempolicy_home_node"],
  [462, "mseal"],
  [5000, "[unknown: 5000]"],
  [-1, "[unknown: -1]"],
];

for (const [number, name] of [...(NUMBERS[process.arch] ?? []), ...EVERYWHERE]) {
  test(`${number} is ${name}`, () => assert.equal(systemCallName(number), name));
}

test("names of system calls by their numbers, and back", () => {
  assert.equal(systemCallNumber("read", "x86_64"), 0);
  assert.equal(systemCallNumber("read", "aarch64"), 63);
  assert.equal(systemCallNumber("openat2", "aarch64"), 437);
  assert.equal(systemCallNumber("nothing", "x86_64"), undefined);
});
