// Probes that programs declare of themselves: a C program of our own, and the C++ library's.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { Bpf, load, USDT } from "bcc-ts";
import { temporaryDirectory } from "../temporary-directory.ts";
import { needsFeature } from "./needs-feature.ts";

const directory = temporaryDirectory("usdt");

const SOURCE = new URL("../../../test/kernel/programs/usdt-target.c", import.meta.url).pathname;
let target: string | undefined;

/** Compiles the program that has the probes, once. Undefined, and the test skipped, where it cannot be. */
function compiledTarget(t: TestContext): string | undefined {
  if (!needsFeature(t, "uprobes")) return undefined;
  if (process.arch !== "x64") {
    t.skip("the program's operands are of x86-64");
    return undefined;
  }
  if (target === undefined) {
    const path = join(directory, "target");
    const { status, stderr, error } = spawnSync("cc", ["-O1", "-o", path, SOURCE], { encoding: "utf8" });
    if (error !== undefined) {
      t.skip(`no C compiler: ${error.message}`);
      return undefined;
    }
    assert.equal(status, 0, stderr);
    target = path;
  }
  return target;
}

/** The program while it runs: each `round` passes its probes once and gives what it printed. */
function start(path: string, words: readonly string[] = []) {
  const child = spawn(path, words, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    pid: child.pid ?? 0,
    round: async (): Promise<string> => {
      child.stdin.write("\n");
      return String((await lines.next()).value);
    },
    end: async () => {
      child.stdin.end();
      await once(child, "exit");
    },
  };
}

const TEXT = `
struct seen { u64 big; u64 address; s64 wide; u32 pid; s32 number; s32 constant; s32 global; s16 element; char text[16]; };
BPF_RINGBUF_OUTPUT(events, 8);
int on_mixed(struct pt_regs *ctx)
{
  struct seen seen = {};
  seen.pid = bpf_get_current_pid_tgid() >> 32;
  bpf_usdt_readarg(1, ctx, &seen.number);
  bpf_usdt_readarg(1, ctx, &seen.wide);
  bpf_usdt_readarg(2, ctx, &seen.big);
  bpf_usdt_readarg(3, ctx, &seen.constant);
  bpf_usdt_readarg(4, ctx, &seen.address);
  bpf_usdt_readarg_p(4, ctx, &seen.text, sizeof(seen.text));
  bpf_usdt_readarg(5, ctx, &seen.element);
  bpf_usdt_readarg(6, ctx, &seen.global);
  events.ringbuf_output(&seen, sizeof(seen), 0);
  return 0;
}`;

test("arguments of every form, at two places, in one process", async (t) => {
  const path = compiledTarget(t);
  if (path === undefined) return;
  if (!needsFeature(t, "attach cookies")) return;
  const [watched, other] = [start(path), start(path)];
  assert.equal(await watched.round(), "1 0", "nobody listens");
  const usdt = new USDT({ pid: watched.pid });
  usdt.enableProbe({ probe: "test:mixed", fnName: "on_mixed" });
  {
    using bpf = await load(TEXT, { usdtContexts: [usdt] });
    assert.equal(bpf.numOpenUsdt, 2);
    assert.equal(await watched.round(), "2 2", "the kernel counts the semaphore up, for each place");
    await other.round();
    const seen: object[] = [];
    bpf.rings.events.on((event) => {
      const { address, ...rest } = event;
      assert.ok(address > 4096n);
      seen.push(rest);
    });
    bpf.rings.events.consume();
    const { pid } = watched;
    const [first, second] = [
      { constant: -7, global: 1234, element: -3 },
      { constant: 7, global: 16, element: -2 },
    ];
    assert.deepEqual(seen, [
      { pid, number: -2, wide: -2n, big: 0x1122334455667788n, text: "first place", ...first },
      { pid, number: 2, wide: 2n, big: 0x99n, text: "second place", ...second },
    ]);
  }
  assert.equal(await watched.round(), "3 0");
  await watched.end();
  await other.end();
});

test("a probe of a file is seen in every process, and under the path of a link", async (t) => {
  const path = compiledTarget(t);
  if (path === undefined) return;
  const link = join(directory, "link");
  symlinkSync(path, link);
  const usdt = new USDT({ path: link });
  usdt.enableProbe({ probe: "test:plain", fnName: "on_plain" });
  using bpf = await load(
    `BPF_HASH(seen, u32, u64);
int on_plain(struct pt_regs *ctx) {
  u8 low = 0; s8 high = 0;
  u32 pid = bpf_get_current_pid_tgid() >> 32;
  bpf_usdt_readarg(1, ctx, &low);
  bpf_usdt_readarg(2, ctx, &high);
  u64 both = ((u64)(u8)high << 8) | low;
  seen.update(&pid, &both);
  return 0;
}`,
    { usdtContexts: [usdt] },
  );
  const child = start(path);
  await child.round();
  assert.equal(bpf.maps.seen.get(child.pid), 0x8106n);
  await child.round();
  assert.equal(bpf.maps.seen.get(child.pid), 0x8107n);
  await child.end();
});

/** A probe of the process and a function of its program are seen, wherever its files are. */
async function assertProbed(child: ReturnType<typeof start>, name: string): Promise<void> {
  const usdt = new USDT({ pid: child.pid });
  usdt.enableProbe({ probe: "test:plain", fnName: "on_plain" });
  using bpf = await load(
    `BPF_HASH(seen, u32, u64);
int on_plain(struct pt_regs *ctx) { u32 slot = 0; seen.increment(slot); return 0; }
int on_round(struct pt_regs *ctx, int round) { u32 slot = 1; seen.increment(slot, round); return 0; }`,
    { usdtContexts: [usdt] },
  );
  bpf.attachUprobe({ name, sym: "round_begins", pid: child.pid, fnName: "on_round" });
  await child.round();
  assert.deepEqual([bpf.maps.seen.get(0), bpf.maps.seen.get(1)], [1n, 2n]);
}

test("a program in a mount namespace of its own", async (t) => {
  const path = compiledTarget(t);
  if (path === undefined) return;
  const hidden = join(directory, "hidden");
  mkdirSync(hidden);
  const script = 'mount -t tmpfs none "$1" && cp "$2" "$1/hidden-target" && exec "$1/hidden-target"';
  const child = start("unshare", ["-m", "sh", "-c", script, "sh", hidden, path]);
  const first = await Promise.race([child.round(), once(child.process, "exit").then(() => "")]);
  if (first === "") return t.skip("no mount namespace of its own can be had");
  const name = join(hidden, "hidden-target");
  assert.ok(!existsSync(name), "it is not seen from here");
  await assertProbed(child, name);
  await child.end();
});

test("a program that has another root", async (t) => {
  const path = compiledTarget(t);
  if (path === undefined) return;
  const jail = join(directory, "jail");
  const fixed = join(jail, "target");
  mkdirSync(jail);
  const { status } = spawnSync("cc", ["-O1", "-static", "-o", fixed, SOURCE]);
  if (status !== 0) return t.skip("no static C library");
  const child = start("chroot", [jail, "/target"]);
  const first = await Promise.race([child.round(), once(child.process, "exit").then(() => "")]);
  if (first === "") return t.skip("no process can have another root");
  await assertProbed(child, "target");
  await child.end();
});

test("the probes of a file, and those that there are not", (t) => {
  const path = compiledTarget(t);
  if (path === undefined) return;
  const usdt = new USDT({ path });
  const names = usdt
    .enumerateProbes()
    .map(({ provider, name, locations }) => `${provider}:${name} ${locations.length}`);
  assert.deepEqual(names, ["test:mixed 2", "test:plain 1", "other:plain 1"]);
  assert.equal(usdt.getProbeArgCtype("mixed", 1), "int32_t");
  assert.equal(usdt.getProbeArgCtype("mixed", 2), "uint64_t");
  assert.equal(usdt.getProbeArgCtype("mixed", 7), undefined);
  const enable = (probe: string) => () => usdt.enableProbe({ probe, fnName: "f" });
  assert.throws(enable("mixd"), { name: "AttachError", hint: "Did you mean mixed?" });
  assert.throws(enable("plain"), { hint: "Say whose: test:plain, other:plain." });
  enable("test:plain")();
  assert.throws(enable("mixed"), { code: "USDT" });
  assert.match(usdt.getText(), /bcc_ts_usdt_f_2/);
  assert.throws(() => new USDT({ path: "/no/such/file" }), { message: /no library or program/ });
  assert.throws(() => new USDT({ pid: 2 ** 22 - 1 }), { message: /no process/ });
});

test("what cannot be read is an error at the line", async (t) => {
  const path = compiledTarget(t);
  if (path === undefined) return;
  const usdt = new USDT({ path });
  usdt.enableProbe({ probe: "other:plain", fnName: "f" });
  const reading = (text: string) =>
    load(`int f(struct pt_regs *ctx) { u64 x = 0; ${text} return 0; }`, { usdtContexts: [usdt] });
  await assert.rejects(reading("bpf_usdt_readarg(1, ctx, &x);"), { message: /no program can read: %xmm0/ });
  await assert.rejects(reading("bpf_usdt_readarg(2, ctx, &x);"), {
    message: /has 1 argument, counted from 1/,
  });
  await assert.rejects(
    load("int g(struct pt_regs *ctx) { u64 x = 0; bpf_usdt_readarg(1, ctx, &x); return 0; }"),
    {
      message: /g is enabled for no USDT probe/,
    },
  );
});

test("a library's probes: what the C++ library throws", async (t) => {
  if (!needsFeature(t, "uprobes")) return;
  const library = Bpf.findLibrary("stdc++");
  const probes = library === undefined ? [] : new USDT({ path: library }).enumerateProbes();
  if (!probes.some(({ name }) => name === "throw")) return t.skip("libstdc++ has no probes here");
  const usdt = new USDT({ path: "stdc++" });
  usdt.enableProbe({ probe: "libstdcxx:throw", fnName: "on_throw" });
  using bpf = await load(
    `BPF_HASH(thrown, u32, u64);
int on_throw(struct pt_regs *ctx) {
  u32 pid = bpf_get_current_pid_tgid() >> 32;
  thrown.increment(pid);
  return 0;
}`,
    { usdtContexts: [usdt] },
  );
  const source = "int main() { for (int i = 0; i < 3; i++) { try { throw i; } catch (int) {} } return 0; }";
  const path = join(directory, "throws");
  const { error } = spawnSync("g++", ["-x", "c++", "-o", path, "-"], { input: source });
  if (error !== undefined) return t.skip(`no C++ compiler: ${error.message}`);
  const { pid, status } = spawnSync(path);
  assert.equal(status, 0);
  assert.equal(bpf.maps.thrown.get(pid), 3n);
});
