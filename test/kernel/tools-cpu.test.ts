// profile, runqlat, offcputime and funccount of examples/tools, against a child that waits and then computes.
import assert from "node:assert/strict";
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Bpf } from "bcc-ts";
import { checkFeature } from "../../src/kernel/features.ts";
import { TestProcess } from "../cli-process.ts";
import { needsFeature } from "./needs-feature.ts";
import { interrupt, startTool, startTools } from "./tool-process.ts";

const CHILD = fileURLToPath(new URL("waiting-child.js", import.meta.url));
const WAITS = 20;
const WAIT_MS = 30;

test("offcputime, runqlat and profile show where a process waits and computes", async (t) => {
  if (!needsFeature(t, "raw tracepoints") || !needsFeature(t, "perf event links")) return;
  using child = new TestProcess(process.execPath, [CHILD, String(WAITS), String(WAIT_MS)]);
  await child.until("ready", () => child.lines.length > 0);
  const [waits, byThread] = await startTools(
    t,
    ["offcputime", "-t", child.pid, "-d"],
    ["runqlat", "-L", "-p", child.pid],
  );
  child.child.stdin?.write("go\n");
  await child.until("the end of its waits", () => child.lines.includes("waited"));
  using samples = await startTool("profile", "-f", "-a", "-p", child.pid, "-F", 99, 2);
  const [waited, queued] = [await interrupt(waits), await interrupt(byThread)];

  // One stack leads to the futex; its microseconds are at least those that were asked for.
  const futex = waited.split("\n\n").filter((text) => /^ {4}futex_wait/m.test(text));
  const micros = futex.map((text) => Number(/\n {8}(\d+)\n?$/.exec(text)?.[1]));
  assert.ok(
    futex.some((text) => text.includes(`(${child.pid})`)),
    waited,
  );
  assert.ok(micros.reduce((a, b) => a + b, 0) >= WAITS * WAIT_MS * 1000, waited);

  const section = queued.split(/^(?=tid = )/m).find((text) => text.startsWith(`tid = ${child.pid}\n`)) ?? "";
  const counts = [...section.matchAll(/-> \d+ +: (\d+)/g)].map(([, count]) => Number(count));
  assert.ok(counts.reduce((a, b) => a + b, 0) >= WAITS, queued);

  const { status, stdout, stderr } = await samples.end();
  assert.deepEqual([status, stderr], [0, ""]);
  const lines = stdout.toString().trimEnd().split("\n");
  for (const line of lines) assert.match(line, /^\S.*;.* [1-9]\d*$/);
  assert.ok(
    lines.some((line) => /;read_(?:iter_)?zero_\[k\][; ]/.test(line)),
    lines.join("\n"),
  );
});

test("funccount counts calls exactly: a tracepoint, a function of libc, functions of the kernel", async (t) => {
  if (!needsFeature(t, "tracepoints")) return;
  const directory = mkdtempSync(join(tmpdir(), "bcc-ts-count-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const only = ["-p", process.pid];
  const targets = ["t:syscalls:sys_enter_*sync"];
  if (Bpf.findLibrary("c") !== undefined && needsFeature(t, "uprobes")) targets.push("c:fsync");
  if (checkFeature("kprobes").available) targets.push("__x64_sys_*sync");
  const tools = await startTools(t, ...targets.map((target) => ["funccount", ...only, target] as const));
  const file = openSync(join(directory, "file"), "w");
  for (let i = 0; i < 7; i++) fsyncSync(file);
  closeSync(file);
  const names = ["syscalls:sys_enter_fsync", "fsync", "__x64_sys_fsync"];
  for (const [i, tool] of tools.entries()) {
    const rows = (await interrupt(tool)).split("\n").map((line) => line.trim().split(/\s+/));
    assert.deepEqual(
      rows.filter(([name]) => name?.includes("sync")),
      [[targets[i]?.startsWith("_") ? names[2] : names[i], "7"]],
    );
    assert.deepEqual(rows.at(-2), ["Detaching..."]);
  }
});
