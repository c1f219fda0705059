// Names in stacks of processes that have ended before anybody asks for them.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { load, TracedCommand } from "bcc-ts";
import { processMaps } from "../../src/kernel/process-maps.ts";
import { KeptImages } from "../../src/symbols/kept-images.ts";
import { runCli, startCli, TestProcess } from "../cli-process.ts";
import { temporaryDirectory } from "../temporary-directory.ts";
import { needsFeature } from "./needs-feature.ts";

const directory = temporaryDirectory("ended");

const SOURCE = new URL("../../../test/kernel/programs/ended-target.c", import.meta.url).pathname;
const FLAGS = ["-O1", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls"];

/** Undefined, and the test skipped, where there is no compiler or this kind of program cannot be made. */
function compiled(t: TestContext, name: string, ...flags: string[]): string | undefined {
  const path = join(directory, name);
  const { status, stderr, error } = spawnSync("cc", [...FLAGS, ...flags, "-o", path, SOURCE], {
    encoding: "utf8",
  });
  if (status === 0) return path;
  t.skip(`no C compiler for ${flags.join(" ")}: ${error?.message ?? stderr}`);
  return undefined;
}

/** What a script counts while a command runs that ends by itself. */
async function countedWith(command: string, text: string): Promise<string> {
  const { status, stdout, stderr } = await runCli(["-c", command, "-e", text]);
  assert.equal(status, 0, stderr);
  return String(stdout);
}

/** What it counts while something is run of which it does not know. */
async function countedBeside(run: () => void, text: string): Promise<string> {
  using cli = startCli(["-e", text], { env: { __BPFTRACE_NOTIFY_PROBES_ATTACHED: "1" } });
  await cli.until("attached", () => cli.lines.some((line) => line.includes("PROBES_ATTACHED")));
  run();
  const { stdout } = await cli.end("SIGINT");
  return String(stdout);
}

const atInnermost = (path: string) => `uprobe:${path}:innermost { @[ustack] = count(); }`;

/** The function between the two has no frame of its own yet when the probe runs. */
const NAMED = /@\[\s*innermost\+0\s+main\+\d+\s/;

const KINDS: readonly [string, ...string[]][] = [
  ["position-independent", "-pie", "-fPIE"],
  ["at a fixed place", "-no-pie"],
  ["static", "-static"],
];

for (const [kind, ...flags] of KINDS) {
  test(`processes that have ended, ${kind}`, async (t) => {
    if (!needsFeature(t, "uprobes")) return;
    const path = compiled(t, flags.join(""), ...flags);
    if (path === undefined) return;
    assert.match(await countedWith(path, atInnermost(path)), NAMED);
    const run = () => assert.equal(spawnSync(path, ["fork"]).status, 0);
    assert.match(await countedBeside(run, atInnermost(path)), NAMED, "a child without exec");
  });
}

test("a library that was opened and closed again", async (t) => {
  if (!needsFeature(t, "uprobes")) return;
  const path = compiled(t, "opens", "-DOPENS");
  const library = compiled(t, "library.so", "-DLIBRARY", "-shared", "-fPIC");
  if (path === undefined || library === undefined) return;
  const text = await countedWith(`${path} ${library}`, atInnermost(library));
  assert.match(text, /@\[\s*innermost\+0\s+enter\+\d+\s+main\+\d+\s/);
});

test("each process has addresses of its own, and usym names them, too", async (t) => {
  if (!needsFeature(t, "uprobes")) return;
  const path = compiled(t, "twice");
  if (path === undefined) return;
  const run = () => assert.equal(spawnSync("sh", ["-c", `${path}; ${path}; true`]).status, 0);
  const usym = `uprobe:${path}:between { @s[usym(reg("ip"))] = count(); }`;
  const text = await countedBeside(run, `${atInnermost(path)} ${usym}`);
  assert.equal([...text.matchAll(new RegExp(NAMED, "g"))].length, 2, text);
  assert.equal([...text.matchAll(/@s\[between\]: 1$/gm)].length, 2, text);
});

test("files of a process with another root are read while it runs", async (t) => {
  const path = compiled(t, "jailed", "-static");
  if (path === undefined) return;
  const root = join(directory, "root");
  mkdirSync(root);
  copyFileSync(path, join(root, "inside"));
  using jailed = new TestProcess("chroot", [root, "/inside", "stay"]);
  await jailed.until("called", () => jailed.lines.length > 0).catch(() => {});
  if (jailed.lines.length === 0) return t.skip(`no chroot here: ${jailed.stderr}`);
  const { pid } = jailed;
  const maps = processMaps(pid)?.find(({ executable, path: seen }) => executable && seen.endsWith("/inside"));
  assert.ok(maps !== undefined);
  // What the kernel records is the path as the process sees it.
  const mapping = { ...maps, path: "/inside" };
  const own = processMaps("self")?.find(
    ({ executable, path: file }) => executable && file === process.execPath,
  );
  assert.ok(own !== undefined);
  const images = new KeptImages();
  images.see({ kind: "map", time: 0n, pid, mapping }, undefined);
  images.see({ kind: "map", time: 0n, pid: process.pid, mapping: own }, undefined);
  await jailed.end("SIGKILL");
  assert.notEqual(images.get(mapping)?.symbols.find("innermost"), undefined);
  assert.equal(images.get(own), undefined, "what can be read later is not kept");
});

test("a process that ends at once with another root, where the file is one with a probe", async (t) => {
  if (!needsFeature(t, "uprobes")) return;
  const path = compiled(t, "at-once", "-static");
  if (path === undefined) return;
  const root = mkdtempSync(join(directory, "root-"));
  const inside = join(root, "at-once");
  copyFileSync(path, inside);
  if (spawnSync("chroot", [root, "/at-once"]).status !== 0) return t.skip("no chroot here");
  const own = processMaps("self")?.find(({ path: file }) => file === process.execPath);
  const inode = statSync(process.execPath, { bigint: true }).ino;
  if (own?.file.split(" ")[1] !== String(inode))
    return t.skip("this file system tells two numbers of a file");
  assert.match(await countedWith(`chroot ${root} /at-once`, atInnermost(inside)), NAMED);
});

test("a TypeScript program names what a command did, and what that started", async (t) => {
  if (!needsFeature(t, "uprobes")) return;
  const path = compiled(t, "traced");
  if (path === undefined) return;
  // The second is the shell's own process.
  using command = await TracedCommand.start(["sh", "-c", `${path} fork; exec ${path}`]);
  using bpf = await load(
    `BPF_STACK_TRACE(stacks, 64);
     BPF_HASH(seen, u32, int);
     int on_call(struct pt_regs *ctx) {
       u32 pid = bpf_get_current_pid_tgid() >> 32;
       int id = stacks.get_stackid(ctx, BPF_F_USER_STACK);
       seen.update(&pid, &id);
       return 0;
     }`,
    { attach: false },
  );
  bpf.rememberProcesses(command.pid);
  bpf.attachUprobe({ name: path, sym: "innermost", fnName: "on_call" });
  command.resume();
  assert.deepEqual(await command.ended, { code: 0, signal: null });
  const seen = [...bpf.maps.seen];
  assert.equal(seen.length, 2);
  assert.equal(seen.filter(([pid]) => pid === command.pid).length, 1);
  for (const [pid, id] of seen) {
    assert.deepEqual(bpf.stack(bpf.maps.stacks, id, { pid }).slice(0, 2), ["innermost", "main"]);
  }
});

test("a command that cannot be started says so, and one that fails how it ended", async () => {
  await assert.rejects(TracedCommand.start(" "), { code: "COMMAND" });
  using command = await TracedCommand.start("sh -c false");
  command.resume();
  assert.deepEqual(await command.ended, { code: 1, signal: null });
  using waiting = await TracedCommand.start(["sleep", "1000"]);
  waiting.end();
  assert.deepEqual(await waiting.ended, { code: null, signal: "SIGTERM" });
});

test("nothing of the recording is left open", async (t) => {
  if (!needsFeature(t, "raw tracepoints")) return;
  const open = () =>
    readdirSync("/proc/self/fd")
      .map((fd) => linkOf(fd))
      .filter((to) => to.includes("perf_event"));
  const before = open().length;
  const bpf = await load("RAW_TRACEPOINT_PROBE(sys_enter) { return 0; }", { attach: false });
  bpf.rememberProcesses();
  bpf.rememberProcesses(process.pid);
  assert.ok(open().length >= before + 2);
  bpf.close();
  assert.equal(open().length, before);
  assert.throws(() => bpf.rememberProcesses(), { code: "CLOSED" });
});

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return ""; // That by which they were listed.
  }
}
