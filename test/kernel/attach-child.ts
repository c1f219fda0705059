// Run by attach.test.ts: attaches the programs that are named, and is killed while they are attached.
import assert from "node:assert/strict";
import { writeSync } from "node:fs";
import { attachKprobe } from "../../src/attach/kprobe.ts";
import { attachRawTracepoint } from "../../src/attach/raw-tracepoint.ts";
import { attachTracepoint } from "../../src/attach/tracepoint.ts";
import { loadObject } from "../../src/load/load-object.ts";
import { compileCase } from "../unit/load/compile-case.ts";
import { idsHeldBy } from "./kernel-ids.ts";

const object = loadObject(compileCase("../attach/count-runs").object);
const names = process.argv.slice(2);
const links = names.map((name) => {
  const program = object.programs.get(name);
  assert.ok(program);
  if (name === "on_tracepoint") {
    return attachTracepoint(program, { category: "syscalls", event: "sys_enter_pread64" });
  }
  if (name === "on_raw_tracepoint") return attachRawTracepoint(program, { event: "sys_enter" });
  return attachKprobe(program, { symbol: "ksys_pread64", retprobe: name === "on_kretprobe" });
});
assert.ok(links.every((link) => link.fd > 0));
writeSync(1, JSON.stringify(idsHeldBy("self")));
process.kill(process.pid, "SIGKILL");
