// Run by attach.test.ts in a process of its own, which is killed while the probe is attached.
import assert from "node:assert/strict";
import { attachKprobe } from "../../src/attach/kprobe.ts";
import { attachRawTracepoint } from "../../src/attach/raw-tracepoint.ts";
import { attachTracepoint } from "../../src/attach/tracepoint.ts";
import { loadObject } from "../../src/load/load-object.ts";
import { compileCase } from "../unit/load/compile-case.ts";

export function attachForTest(name: string): void {
  const program = loadObject(compileCase("../attach/count-runs").object).programs.get(name);
  assert.ok(program);
  if (name === "on_tracepoint")
    attachTracepoint(program, { category: "syscalls", event: "sys_enter_pread64" });
  else if (name === "on_raw_tracepoint") attachRawTracepoint(program, { event: "sys_enter" });
  else attachKprobe(program, { symbol: "ksys_pread64", retprobe: name === "on_kretprobe" });
}
