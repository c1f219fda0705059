import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { after, test } from "node:test";
import { AttachError, Bpf, load, PerfSWConfig, PerfType } from "bcc-ts";
import { attachTrampoline, checkBtfPoints } from "../../src/attach/trampoline.ts";
import { libbpf } from "../../src/ffi/libbpf.ts";
import { NativeBuffer } from "../../src/ffi/native-buffer.ts";
import { onlineCpus } from "../../src/kernel/cpus.ts";
import { checkFeature } from "../../src/kernel/features.ts";
import { readElf } from "../../src/kernel/read-elf.ts";
import { readIfThere, tracefsDirectory } from "../../src/kernel/tracefs.ts";
import { loadObject } from "../../src/load/load-object.ts";
import { compileCase } from "../unit/load/compile-case.ts";
import { needsFeature } from "./needs-feature.ts";

const bpf = await load(`
struct call { u32 pid; u32 returned; u64 value; int stack; };
BPF_RINGBUF_OUTPUT(calls, 16);
BPF_STACK_TRACE(stacks, 1024);
BPF_STACK_TRACE(kernel_traces, 1024);
BPF_HASH(runs, u32, u64);
BPF_HASH(kernel_stacks, u32, int);
static void tell(u64 value, u32 returned, int stack) {
  struct call call = {};
  call.pid = bpf_get_current_pid_tgid() >> 32;
  call.value = value;
  call.returned = returned;
  call.stack = stack;
  calls.ringbuf_output(&call, sizeof(call), 0);
}
int on_entry(struct pt_regs *ctx, u32 mask) {
  tell(mask, 0, stacks.get_stackid(ctx, BPF_F_USER_STACK | BPF_F_REUSE_STACKID));
  return 0;
}
int on_return(struct pt_regs *ctx) {
  tell(PT_REGS_RC(ctx), 1, -1);
  return 0;
}
int count(struct pt_regs *ctx) {
  u32 pid = bpf_get_current_pid_tgid() >> 32;
  runs.increment(pid);
  return 0;
}
int on_tracepoint(struct tracepoint__syscalls__sys_enter_umask *args) {
  u32 pid = bpf_get_current_pid_tgid() >> 32;
  runs.increment(pid);
  return 0;
}
int sample(struct bpf_perf_event_data *ctx) {
  u32 pid = bpf_get_current_pid_tgid() >> 32;
  runs.increment(pid);
  return 0;
}
int on_sys_enter(struct bpf_raw_tracepoint_args *ctx) {
  u32 pid = bpf_get_current_pid_tgid() >> 32;
  // As in on_entry: two stacks that fall together give -EEXIST otherwise; and every process of the machine comes here.
  int stack = kernel_traces.get_stackid(ctx, BPF_F_REUSE_STACKID);
  kernel_stacks.update(&pid, &stack);
  return 0;
}
`);
after(() => bpf.close());

/** What the programs told of a process, as pairs of "call" or "return" and the value. */
function calls(pid: number): [what: string, value: bigint][] {
  return drained().flatMap((call) =>
    call.pid === pid ? [[call.returned ? "return" : "call", call.value]] : [],
  );
}

const told: {
  readonly pid: number;
  readonly returned: number;
  readonly value: bigint;
  readonly stack: number;
}[] = [];
bpf.rings.calls.on((call) => told.push(call));

function drained() {
  bpf.rings.calls.consume();
  return told.splice(0);
}

/** A shell calls umask(0), umask(old) to learn the old value, then umask(new). */
const SHELL = ["-c", "umask 022; read line; umask 027"];
const CHANGE: [string, bigint][] = [
  ["call", 0o0n],
  ["return", 0o22n],
  ["call", 0o22n],
  ["return", 0o0n],
  ["call", 0o27n],
  ["return", 0o22n],
];

/** A shell that waits before its second umask until `go` is called, which gives its end. */
function waitingShell(): { pid: number; go: () => Promise<unknown> } {
  const child = spawn("sh", SHELL, { stdio: ["pipe", "ignore", "inherit"] });
  const end = once(child, "exit");
  return {
    pid: child.pid as number,
    go: () => {
      child.stdin?.end("\n");
      return end;
    },
  };
}

const UMASK = { name: "c", sym: "umask" };

test("a uprobe and a uretprobe see arguments and results, in every process", (t) => {
  if (!needsFeature(t, "uprobes")) return;
  using entry = bpf.attachUprobe({ ...UMASK, fnName: "on_entry" });
  using exit = bpf.attachUretprobe({ ...UMASK, fnName: "on_return" });
  assert.deepEqual([entry.kind, entry.target, entry.count], ["uprobe", "c:umask", 1]);
  assert.equal(exit.kind, "uretprobe");
  assert.equal(bpf.numOpenUprobes, 2);
  const { pid } = spawnSync("sh", SHELL, { input: "\n" });
  assert.deepEqual(calls(pid).slice(-6), CHANGE);
  entry.close();
  exit.close();
  assert.equal(bpf.numOpenUprobes, 0);
  const later = spawnSync("sh", SHELL, { input: "\n" });
  assert.deepEqual(calls(later.pid), [], "closed probes do not run");
  for (const list of ["uprobe_events", "kprobe_events"]) {
    assert.equal((readIfThere(`${tracefsDirectory()}/${list}`) ?? "").trim(), "", list);
  }
});

test("a uprobe of one process runs in no other", async (t) => {
  if (!needsFeature(t, "uprobes")) return;
  const [one, other] = [waitingShell(), waitingShell()];
  using _ = bpf.attachUprobe({ ...UMASK, pid: one.pid, fnName: "on_entry" });
  await Promise.all([one.go(), other.go()]);
  const seen = drained();
  assert.ok(seen.some((call) => call.pid === one.pid && call.value === 0o27n));
  assert.deepEqual(
    seen.filter((call) => call.pid !== one.pid),
    [],
  );
});

test("places by path, address and offset; functions that the linker chooses", (t) => {
  if (!needsFeature(t, "uprobes")) return;
  const path = Bpf.findLibrary("c") ?? "";
  const address = readElf(path).symbols.find("umask")?.address ?? 0;
  const places = [
    { name: path, sym: "umask" },
    { name: "libc.so.6", addr: address },
    { name: "c", addr: address - 8, symOff: 8 },
  ];
  for (const place of places) {
    using _ = bpf.attachUprobe({ ...place, fnName: "on_entry" });
    const { pid } = spawnSync("sh", SHELL, { input: "\n" });
    assert.deepEqual(calls(pid).at(-1), ["call", 0o27n], JSON.stringify(place));
  }
  assert.equal(readElf(path).symbols.find("strlen")?.indirect, true);
  using _ = bpf.attachUprobe({ name: "c", sym: "strlen", fnName: "count" });
  const { pid } = spawnSync("sh", SHELL, { input: "\n" });
  assert.ok((bpf.maps.runs.get(pid) ?? 0n) > 0n, "the variant that is used was found");
});

test("functions and tracepoints by a pattern", (t) => {
  if (!needsFeature(t, "uprobes") || !needsFeature(t, "tracepoints")) return;
  const before = readdirSync("/proc/self/fd").length;
  const symRe = "umask$|chmod$";
  const link = bpf.attachUprobe({ name: "c", symRe, fnName: "on_entry" });
  assert.deepEqual([link.target, link.count], ["c:umask$|chmod$", 2]);
  assert.equal(bpf.numOpenUprobes, 2);
  const { pid } = spawnSync("sh", SHELL, { input: "\n" });
  assert.deepEqual(calls(pid).at(-1), ["call", 0o27n]);
  assert.equal(bpf.detachUprobe({ name: "c", symRe }), 1);
  assert.throws(
    () => bpf.attachUprobe({ name: "c", symRe: "no_such", fnName: "on_entry" }),
    /no function of c/,
  );
  assert.throws(
    () => bpf.attachUprobe({ name: "c", symRe: ".", fnName: "on_entry" }),
    /narrower|function of c/,
  );
  const points = bpf.attachTracepoint({ tpRe: /syscalls:sys_(enter|exit)_umask$/, fnName: "on_tracepoint" });
  assert.deepEqual([points.count, bpf.numOpenTracepoints], [2, 2]);
  const other = spawnSync("sh", SHELL, { input: "\n" });
  assert.ok((bpf.maps.runs.get(other.pid) ?? 0n) >= 6n, "three calls and three returns at least");
  points.close();
  assert.throws(
    () => bpf.attachTracepoint({ tpRe: "no_such", fnName: "on_tracepoint" }),
    /no tracepoint matches/,
  );
  assert.equal(readdirSync("/proc/self/fd").length, before, "no descriptor stays");
});

test("uprobes that cannot be are errors that say why", (t) => {
  if (!needsFeature(t, "uprobes")) return;
  const attach = (event: Parameters<Bpf["attachUprobe"]>[0]) => () => bpf.attachUprobe(event).close();
  const fnName = "on_entry";
  assert.throws(attach({ name: "c", sym: "umaks", fnName }), {
    name: "AttachError",
    target: "c:umaks",
    hint: "Did you mean umask?",
  });
  assert.throws(attach({ name: "no-such-library", sym: "f", fnName }), { message: /no library or program/ });
  assert.throws(attach({ name: "/etc/passwd", sym: "f", fnName }), { message: /no ELF file/ });
  assert.throws(attach({ name: "c", fnName }), { message: /a symbol or an address/ });
  assert.throws(attach({ name: "c", addr: 2 ** 40, fnName }), { message: /no code at this address/ });
  assert.throws(attach({ ...UMASK, pid: 2 ** 22 - 1, fnName }), { message: /no process 4194303/ });
  assert.equal(bpf.numOpenUprobes, 0);
});

test("uprobes are detached by what they were attached to", (t) => {
  if (!needsFeature(t, "uprobes")) return;
  bpf.attachUprobe({ ...UMASK, fnName: "on_entry" });
  bpf.attachUretprobe({ ...UMASK, fnName: "on_return" });
  assert.equal(bpf.detachUprobe({ name: "c", sym: "getpid" }), 0);
  assert.equal(bpf.detachUprobe(UMASK), 1);
  assert.equal(bpf.numOpenUprobes, 1);
  assert.equal(bpf.detachUretprobe(UMASK), 1);
  assert.equal(bpf.numOpenUprobes, 0);
});

test("tracepoints and perf events are detached by what they were attached to", (t) => {
  if (!needsFeature(t, "tracepoints") || !needsFeature(t, "raw tracepoints")) return;
  const clock = { type: PerfType.SOFTWARE, config: PerfSWConfig.CPU_CLOCK } as const;
  const kinds = [
    [{ tp: "syscalls:sys_enter_umask" }, "attachTracepoint", "detachTracepoint", "on_tracepoint"],
    [{ tp: "sys_enter" }, "attachRawTracepoint", "detachRawTracepoint", "on_sys_enter"],
    [{ ...clock, samplePeriod: 1e9 }, "attachPerfEvent", "detachPerfEvent", "sample"],
  ] as const;
  const open = () => bpf.stats().links.length;
  const before = open();
  for (const [point, attach, detach, fnName] of kinds) {
    bpf[attach]({ ...point, fnName } as never);
    assert.equal(open(), before + 1, attach);
    assert.equal(bpf[detach](point as never), 1, detach);
    assert.equal(bpf[detach](point as never), 0, `${detach} again`);
    assert.equal(open(), before, detach);
  }
});

test("a perf event samples every CPU until it is closed", () => {
  const descriptors = readdirSync("/proc/self/fd").length;
  const link = bpf.attachPerfEvent({
    type: PerfType.SOFTWARE,
    config: PerfSWConfig.CPU_CLOCK,
    sampleFreq: 200,
    fnName: "sample",
  });
  assert.deepEqual([link.kind, link.target], ["perf-event", "software:cpu-clock"]);
  assert.equal(link.count, onlineCpus().length);
  bpf.maps.runs.clear();
  burn(400);
  const seen = bpf.maps.runs.get(process.pid) ?? 0n;
  // 80 by the numbers; the kernel finds the rate by adapting.
  assert.ok(seen >= 10n && seen <= 200n, `${seen} samples`);
  link.close();
  assert.equal(link.fd, -1);
  assert.equal(readdirSync("/proc/self/fd").length, descriptors, "no descriptor stays");
  const before = bpf.maps.runs.get(process.pid);
  burn(100);
  assert.equal(bpf.maps.runs.get(process.pid), before);
});

test("a perf event of one CPU and thread, and events that cannot be", () => {
  const event = { type: PerfType.SOFTWARE, config: PerfSWConfig.CPU_CLOCK, fnName: "sample" };
  const [cpu = 0] = onlineCpus();
  using link = bpf.attachPerfEvent({ ...event, samplePeriod: 1_000_000, pid: process.pid, cpu });
  assert.equal(link.count, 1);
  const attach = (more: object) => () => bpf.attachPerfEvent({ ...event, ...more }).close();
  assert.throws(attach({}), { name: "AttachError", message: /no rate/ });
  assert.throws(attach({ sampleFreq: 99, samplePeriod: 5 }), { message: /no rate/ });
  assert.throws(attach({ sampleFreq: 10_000_000 }), { message: /too many/ });
  assert.throws(attach({ sampleFreq: 99, pid: 2 ** 22 - 1 }), { message: /no thread/ });
  assert.throws(attach({ sampleFreq: 99, cpu: 4000 }), AttachError);
});

/** Uses so many milliseconds of a CPU, however many other processes there are. */
function burn(milliseconds: number): void {
  const before = process.cpuUsage();
  for (;;) {
    const { user, system } = process.cpuUsage(before);
    if (user + system >= milliseconds * 1000) return;
  }
}

test("kernel functions by a pattern: one link, or one by one", (t) => {
  if (!needsFeature(t, "kprobes")) return;
  const together = checkFeature("kprobe.multi").available;
  bpf.maps.runs.clear();
  const link = bpf.attachKprobe({ eventRe: "^vfs_(read|write)", fnName: "count" });
  t.diagnostic(`${link.count} functions, ${together ? "kprobe.multi" : "one by one"}`);
  assert.deepEqual([link.kind, link.target], ["kprobe", "^vfs_(read|write)"]);
  assert.ok(link.count >= 4 && link.count < 40, `${link.count} functions`);
  assert.equal(bpf.numOpenKprobes, link.count);
  using returns = bpf.attachKretprobe({ eventRe: /vfs_fsync/, fnName: "on_return" });
  assert.ok(returns.count >= 1);
  const { pid } = spawnSync("sh", ["-c", "read line; echo $line"], { input: "a\n" });
  assert.ok((bpf.maps.runs.get(pid) ?? 0n) >= 2n, "it reads and writes");
  assert.equal(bpf.detachKprobe({ event: "^vfs_(read|write)" }), 1);
  assert.equal(bpf.numOpenKprobes, returns.count);
  const later = spawnSync("sh", ["-c", "read line; echo $line"], { input: "a\n" });
  assert.equal(bpf.maps.runs.get(later.pid), undefined);
  assert.throws(() => bpf.attachKprobe({ eventRe: "^no_such_function", fnName: "count" }), {
    name: "AttachError",
    message: /no function that can be probed matches/,
  });
  assert.throws(() => bpf.attachKprobe({ eventRe: "(", fnName: "count" }), /no regular expression/);
});

test("fentry and fexit see arguments and results", (t) => {
  if (!needsFeature(t, "fentry")) return;
  using object = loadObject(compileCase("../attach/fentry").object);
  const [entry, exit] = [object.programs.get("on_entry"), object.programs.get("on_exit")];
  assert.ok(entry && exit);
  using first = attachTrampoline(entry, { kind: "fentry", symbol: "bpf_fentry_test1" });
  using _ = attachTrampoline(exit, { kind: "fexit", symbol: "bpf_fentry_test1" });
  assert.deepEqual([first.kind, first.target], ["fentry", "bpf_fentry_test1"]);
  // Running the program makes the kernel call the functions that it keeps for this, the first with 1.
  const options = NativeBuffer.alloc(80);
  options.setPointer(0, 80);
  assert.equal(libbpf().bpf_prog_test_run_opts(entry.fd, options.address), 0);
  assert.deepEqual([seen(0), seen(1)], [1, 102]);

  function seen(slot: number): number {
    const cell = NativeBuffer.alloc(16);
    cell.view.setUint32(0, slot, true);
    const fd = object.maps.get("seen")?.fd ?? -1;
    assert.equal(libbpf().bpf_map_lookup_elem(fd, cell.address, cell.address + 8), 0);
    return cell.getPointer(8);
  }
});

test("fentry is refused before the load, with the reason", () => {
  const functions = { has: (name: string) => name === "vfs_read", all: () => ["vfs_read", "vfs_write"] };
  const check = (symbol: string) => () => checkBtfPoints([{ kind: "fexit", symbol }], functions);
  if (checkFeature("fentry").available) {
    check("vfs_read")();
    assert.throws(check("vfs_raed"), { name: "AttachError", hint: "Did you mean vfs_read?" });
  } else {
    assert.throws(check("vfs_read"), { name: "UnsupportedError", feature: "fentry", hint: /kprobes/ });
  }
  checkBtfPoints([{ kind: "kprobe", symbol: "vfs_raed" }], functions);
});

test("stacks are told by name: this process's, and the kernel's", (t) => {
  if (!needsFeature(t, "uprobes")) return;
  {
    using _ = bpf.attachUprobe({ ...UMASK, pid: process.pid, fnName: "on_entry" });
    using _enter = bpf.attachRawTracepoint({ tp: "sys_enter", fnName: "on_sys_enter" });
    process.umask();
  }
  const call = drained().at(-1);
  assert.ok(call && call.stack >= 0);
  const names = bpf.stack(bpf.maps.stacks, call.stack, {
    pid: process.pid,
    showOffset: true,
    showModule: true,
  });
  assert.equal(names[0], "umask+0x0 [libc.so.6]");
  assert.ok(names.length >= 2, names.join("\n"));
  // Node has a symbol table, and its functions keep frame pointers.
  assert.match(names.slice(1).join("\n"), /uv_run/);
  if (names.some((name) => name.includes("SpinEventLoop")))
    assert.match(names.join("\n"), /node::SpinEventLoop/);
  const id = bpf.maps.kernel_stacks.get(process.pid);
  assert.ok(id !== undefined && id >= 0, `${id}`);
  const kernel = bpf.stack(bpf.maps.kernel_traces, id);
  assert.match(kernel.join("\n"), process.arch === "x64" ? /do_syscall_64/ : /el0_svc/);
  assert.deepEqual(bpf.stack(bpf.maps.stacks, -14), []);
});

test("addresses of the kernel by name, and names by address", (t) => {
  if (!needsFeature(t, "kernel symbols")) return;
  const address = bpf.ksymname("vfs_read");
  assert.ok(address !== undefined && address > 2n ** 63n);
  assert.equal(bpf.ksym(address), "vfs_read");
  assert.equal(bpf.ksym(address + 4n, { showOffset: true, showModule: true }), "vfs_read+0x4 [kernel]");
  assert.equal(bpf.sym(address, -1), "vfs_read");
  assert.equal(bpf.ksym(1), "[unknown]");
  assert.equal(bpf.sym(1, process.pid), "[unknown]");
  assert.equal(bpf.ksymname("no_such_function"), undefined);
});

test("bcc's small helpers", () => {
  const { arch } = process;
  assert.equal(Bpf.getSyscallFnname("openat"), `__${arch}_sys_openat`);
  assert.equal(bpf.getSyscallFnname("read"), Bpf.fixSyscallFnname("sys_read"));
  assert.equal(Bpf.fixSyscallFnname("vfs_read"), "vfs_read");
  assert.ok(bpf.ksymname(Bpf.getSyscallFnname("openat")));
  assert.equal(Bpf.kernelStructHasField("task_struct", "pid"), true);
  assert.equal(Bpf.kernelStructHasField("task_struct", "no_such_member"), false);
  assert.equal(Bpf.kernelStructHasField("page", "mapping"), true, "in an anonymous member");
  assert.equal(Bpf.kernelStructHasField("no_such_struct", "pid"), undefined);
  assert.equal(Bpf.supportKfunc(), checkFeature("fentry").available);
  assert.equal(Bpf.supportRawTracepoint(), checkFeature("raw tracepoints").available);
  assert.equal(Bpf.tracepointExists("sched", "sched_switch"), true);
  assert.equal(Bpf.tracepointExists("sched", "sched_swich"), false);
  assert.match(Bpf.findExe("sh") ?? "", /\/sh$/);
  assert.equal(Bpf.findExe("no-such-program"), undefined);
});
