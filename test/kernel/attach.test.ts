import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync, readSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { attachKprobe } from "../../src/attach/kprobe.ts";
import type { Link } from "../../src/attach/link.ts";
import { attachRawTracepoint } from "../../src/attach/raw-tracepoint.ts";
import { attachTracepoint } from "../../src/attach/tracepoint.ts";
import { AttachError, UnsupportedError } from "../../src/errors.ts";
import { libbpf } from "../../src/ffi/libbpf.ts";
import { NativeBuffer } from "../../src/ffi/native-buffer.ts";
import { checkFeature } from "../../src/kernel/features.ts";
import { readIfThere, tracefsDirectory } from "../../src/kernel/tracefs.ts";
import { loadObject } from "../../src/load/load-object.ts";
import type { LoadedObject, LoadedProgram } from "../../src/load/loaded-object.ts";
import { compileCase } from "../unit/load/compile-case.ts";
import { type KernelIds, NOTHING, remaining } from "./kernel-ids.ts";
import { needsFeature } from "./needs-feature.ts";

// Each program of the case adds one to counts[its number] when it runs in a process called "bcc-ts-probe".
const { object: bytes } = compileCase("../attach/count-runs");
const load = (): LoadedObject => loadObject(bytes, { name: "count_runs" });

function program(object: LoadedObject, name: string): LoadedProgram {
  const found = object.programs.get(name);
  assert.ok(found, name);
  return found;
}

function runs(object: LoadedObject, slot: number): number {
  const cell = NativeBuffer.alloc(16);
  cell.view.setUint32(0, slot, true);
  const fd = object.maps.get("runs")?.fd ?? -1;
  assert.equal(libbpf().bpf_map_lookup_elem(fd, cell.address, cell.address + 8), 0);
  return cell.getPointer(8);
}

/** Reads a file `times` times under the name by which the programs know this process. */
function work(times: number): void {
  const name = readFileSync("/proc/self/comm");
  writeFileSync("/proc/self/comm", "bcc-ts-probe");
  const fd = openSync("/etc/hostname", "r");
  try {
    for (let i = 0; i < times; i++) readSync(fd, Buffer.alloc(1), 0, 1, 0);
  } finally {
    closeSync(fd);
    writeFileSync("/proc/self/comm", name);
  }
}

/** The entry of the system call itself: the compiler copied the function behind it into it. */
const PREAD = `__${process.arch === "x64" ? "x64" : "arm64"}_sys_pread64`;

const KINDS: readonly {
  readonly program: string;
  readonly slot: number;
  readonly feature: "tracepoints" | "raw tracepoints" | "kprobes";
  readonly attach: (program: LoadedProgram) => Link;
  readonly kind: string;
  readonly target: string;
}[] = [
  {
    program: "on_tracepoint",
    slot: 0,
    feature: "tracepoints",
    attach: (p) => attachTracepoint(p, { category: "syscalls", event: "sys_enter_pread64" }),
    kind: "tracepoint",
    target: "syscalls:sys_enter_pread64",
  },
  {
    program: "on_raw_tracepoint",
    slot: 1,
    feature: "raw tracepoints",
    attach: (p) => attachRawTracepoint(p, { event: "sys_enter" }),
    kind: "raw-tracepoint",
    target: "sys_enter",
  },
  {
    program: "on_kprobe",
    slot: 2,
    feature: "kprobes",
    attach: (p) => attachKprobe(p, { symbol: PREAD }),
    kind: "kprobe",
    target: PREAD,
  },
  {
    program: "on_kretprobe",
    slot: 3,
    feature: "kprobes",
    attach: (p) => attachKprobe(p, { symbol: PREAD, retprobe: true }),
    kind: "kretprobe",
    target: PREAD,
  },
];

for (const { program: name, slot, feature, attach, kind, target } of KINDS) {
  test(`a ${kind} runs its program until it is closed`, (t) => {
    if (!needsFeature(t, feature)) return;
    using object = load();
    const link = attach(program(object, name));
    assert.deepEqual([link.kind, link.target], [kind, target]);
    assert.ok(link.fd > 0);
    work(50);
    const seen = runs(object, slot);
    assert.ok(seen >= 50, `${seen} runs`);
    link.close();
    link.close();
    assert.equal(link.fd, -1);
    work(50);
    assert.equal(runs(object, slot), seen, "a closed link does not run");
  });
}

test("what is still attached when its process is killed is gone", async (t) => {
  if (!needsFeature(t, "raw tracepoints")) return;
  const script = fileURLToPath(new URL("attach-child.js", import.meta.url));
  const kinds = KINDS.filter(({ feature }) => checkFeature(feature).available);
  const child = spawnSync(process.execPath, [script, ...kinds.map(({ program: name }) => name)], {
    encoding: "utf8",
  });
  assert.equal(child.signal, "SIGKILL", child.stderr);
  const held = JSON.parse(child.stdout) as KernelIds;
  assert.equal(held.links.length, kinds.length);
  assert.deepEqual(await remaining(held), NOTHING);
});

test("nothing is written to tracefs's lists of probes, and no descriptor stays", (t) => {
  if (!needsFeature(t, "tracepoints")) return;
  const before = readdirSync("/proc/self/fd").length;
  {
    using object = load();
    const links = KINDS.filter(({ feature }) => checkFeature(feature).available).map((entry) =>
      entry.attach(program(object, entry.program)),
    );
    for (const list of ["kprobe_events", "uprobe_events", "dynamic_events"]) {
      assert.equal((readIfThere(`${tracefsDirectory()}/${list}`) ?? "").trim(), "", list);
    }
    for (const link of links) link.close();
  }
  assert.equal(readdirSync("/proc/self/fd").length, before);
});

test("tracepoints that do not exist are errors with similar names", (t) => {
  if (!needsFeature(t, "tracepoints")) return;
  using object = load();
  const attach = (category: string, event: string) => () =>
    attachTracepoint(program(object, "on_tracepoint"), { category, event }).close();
  assert.throws(attach("sched", "sched_swich"), {
    name: "AttachError",
    target: "sched:sched_swich",
    hint: "Did you mean sched:sched_switch?",
  });
  assert.throws(attach("shed", "sched_switch"), { message: /no category shed/, hint: /sched:sched_switch/ });
  assert.throws(attach("..", "sched_switch"), AttachError);
  assert.throws(attach("sched/sched_switch", ".."), AttachError);
});

test("raw tracepoints that do not exist are errors with similar names", () => {
  using object = load();
  const attach = (event: string) => () =>
    attachRawTracepoint(program(object, "on_raw_tracepoint"), { event }).close();
  assert.throws(attach("sched_swich"), { name: "AttachError", hint: "Did you mean sched_switch?" });
  assert.throws(attach("sys_enter_openat"), {
    message: /a single system call/,
    hint: /syscalls:sys_enter_openat/,
  });
});

test("a program of the wrong kind is refused", () => {
  using object = load();
  assert.throws(() => attachRawTracepoint(program(object, "on_tracepoint"), { event: "sys_enter" }), {
    name: "AttachError",
    message: /is of another kind, or uses more arguments than it has/,
    hint: /must be a raw tracepoint program, and use no more arguments than the 2 that this kernel's sys_enter has/,
  });
});

test("a kernel without kprobes is an error with the way out", (t) => {
  if (checkFeature("kprobes").available) return t.skip("this kernel has kprobes");
  using object = load();
  assert.throws(
    () => attachKprobe(program(object, "on_kprobe"), { symbol: "vfs_read" }),
    (error: unknown) => {
      assert.ok(error instanceof UnsupportedError);
      assert.match(error.hint ?? "", /bcc-ts run --vm/);
      return true;
    },
  );
});

test("kprobes that cannot be attached say why", (t) => {
  if (!needsFeature(t, "kprobes")) return;
  using object = load();
  const attach =
    (symbol: string, offset = 0) =>
    () =>
      attachKprobe(program(object, "on_kprobe"), { symbol, offset }).close();
  attach("vfs_read")();
  assert.throws(attach("tcp_v4_conect"), { name: "AttachError", hint: /tcp_v4_connect/ });
  assert.throws(attach("finish_task_switch"), {
    message: /the compiler optimised it to finish_task_switch\.isra\.0/,
  });
  assert.throws(attach("sys_openat"), { hint: /__x64_sys_openat|__arm64_sys_openat/ });
  assert.throws(attach("asm_exc_int3"), { message: /allows no kprobes on it|not traceable/ });
  assert.throws(attach("init_task"), { message: /a variable and no function/ });
  assert.throws(attach("vfs_read", 2), { name: "AttachError", message: /vfs_read\+0x2/ });
});
