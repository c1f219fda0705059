import assert from "node:assert/strict";
import { test } from "node:test";
import { table } from "../../../src/index.ts";

test("titles have the widths of their columns, and columns that are not shown are left out", () => {
  const { header, row } = table({
    ts: ["TIME(s)", "%-9.3f", false],
    pid: ["PID", "%-7d "],
    comm: ["COMMAND", "%-4.4s "],
    flags: ["FLAGS", "%08o "],
    fd: ["FD", "%4d", true],
  });
  assert.equal(header, "PID     COMMAND    FLAGS   FD");
  assert.equal(
    row({ ts: "unused", pid: 12, comm: "abcdef", flags: 8, fd: -1n }),
    "12      abcd 00000010   -1",
  );
});
