// Scripts that read other files, and programs of users' that are compiled for them.
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { trace } from "../../src/trace.ts";
import { temporaryDirectory } from "../temporary-directory.ts";
import { needsFeature } from "./needs-feature.ts";
import { needsBpfFileSystem, pinDirectory } from "./own-bpf-file-system.ts";
import { scriptOutput } from "./script-output.ts";

const directory = temporaryDirectory("scripts");

const FILES: Readonly<Record<string, string>> = {
  "imported/twice.bt": "macro twice(x) { x * 2 }",
  "imported/types.h":
    '#pragma once\n#define LIMIT 7\n#include "inner.h"\nstruct point { struct inner in; int y; };\nextern int f(int);\n',
  "inner.h": "struct inner { char c; long d; };\n",
  "imported-code/own.h": "#define FACTOR 3\n",
  "imported-code/numbers.bpf.c": `
#include <vmlinux.h>
#include <bpf/bpf_helpers.h>
#include "own.h"
struct answer { int low; long high; };
static struct answer kept;
static u64 sum;
static int by_factor(int a) { return a * FACTOR; }
int thrice(int a) { return by_factor(a); }
u64 doubled(u64 a) { return a * 2; }
bool is_even(u32 a) { return (a & 1) == 0; }
struct answer *answer(void) { return &kept; }
void raise_it(u64 by) { sum += by; }
u64 raised(void) { return sum; }
u32 tgid_of(struct task_struct *task)
{
	int tgid = 0;
	bpf_probe_read_kernel(&tgid, sizeof(tgid), &task->tgid);
	return tgid;
}`,
  "imported-code/texts.bpf.c": `
#include "own.h"
char first(const char *text) { return text[0]; }
int length_of(const char *text, int most)
{
	int i = 0;
	for (; i < 8; i++)
		if (i >= most || !text[i])
			break;
	return i;
}`,
  "program.c": `
#include <stdio.h>
#include <sys/mman.h>
struct point { int x; char name[8]; };
int counter = 41;
__attribute__((noinline)) long many(struct point *p, char c, int d, int e, int f, int g, short last) { return p->x + c + last; }
int cell;
__attribute__((noinline)) void increment(int by, int *at) { *at += by; }
struct small { int a; short b; char c; };
struct pair { long x; int y; };
struct big { long a, b, c; char name[8]; };
struct packed { char c; int i; } __attribute__((packed));
__attribute__((noinline)) long take(struct small s, double d, struct pair p, int n, struct big b, struct packed k, struct pair q, long last) {
  return s.a + (long)d + p.x + n + b.a + k.i + q.x + last;
}
int main(void) {
  volatile long *watched = mmap((void *)0x10000000, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  struct point p = { 5, "name" };
  // A page that was never touched is not there for a probe.
  *(volatile int *)&counter = 41;
  puts("ready");
  fflush(stdout);
  getchar();
  *watched = many(&p, 'x', 0, 0, 0, 0, -7);
  for (int i = 0; i < 10; i++) increment(1, &cell);
  take((struct small){1, -2, 'c'}, 1.5, (struct pair){3, -4}, 5, (struct big){6, 7, 8, "nine"},
       (struct packed){'k', 10}, (struct pair){11, 12}, 13);
  getchar();
  *watched = 5;
  return 0;
}`,
};
execFileSync("mkdir", ["-p", join(directory, "imported"), join(directory, "imported-code")]);
for (const [name, text] of Object.entries(FILES)) writeFileSync(join(directory, name), text);
const compiler = spawnSync("cc", ["--version"]).status === 0;
const program = join(directory, "program");
if (compiler) execFileSync("cc", ["-g", "-O0", "-o", program, `${program}.c`]);

test("scripts and headers are read", async (t) => {
  if (!needsFeature(t, "BTF")) return;
  const text =
    'import "imported"; #include "imported/types.h"\nbegin { print((twice(21), LIMIT, sizeof(struct point))); }';
  const given = { includeDirectories: [directory] };
  assert.equal((await scriptOutput(text.replace("; #", ";\n#"), given)).output.trim(), "(42, 7, 24)");
});

test("functions of C that is imported", async (t) => {
  if (!needsFeature(t, "BTF")) return;
  const text = `import "imported-code"; begin {
    print((thrice(-7), doubled(1 << 40), is_even(4), first("abc"), length_of(str("hello"), 8)));
    print((tgid_of(curtask) == pid, ((struct answer *)answer())->high == 0, sizeof(struct answer)));
    raise_it(2); raise_it(3); print(raised());
    if (thrice(pid) == pid * 3) { @[doubled(2)] = thrice(1); print(@[4]); clear(@); }
  }`;
  const lines = (await scriptOutput(text, { includeDirectories: [directory] })).output.split("\n");
  assert.deepEqual(
    lines.filter((line) => line !== ""),
    ["(-21, 2199023255552, true, 97, 5)", "(true, true, 16)", "5", "3"],
  );
});

/** What a script prints while the program runs. */
async function traced(script: (pid: number) => string): Promise<string[]> {
  const child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
  try {
    await once(child.stdout, "data");
    const pid = child.pid ?? -1;
    const running = scriptOutput(script(pid), { pid });
    // The end of the input lets the program go on, once the probes are there.
    const timer = setTimeout(() => child.stdin.end(), 2000);
    const { output } = await running;
    clearTimeout(timer);
    return output.split("\n").filter((line) => line !== "");
  } finally {
    child.kill("SIGKILL");
  }
}

const unbuilt = compiler ? false : "there is no compiler cc";
test("arguments of a user function by their names", { skip: unbuilt }, async (t) => {
  if (!needsFeature(t, "uprobes")) return;
  const lines = await traced(
    () =>
      `uprobe:${program}:many { print((args.p.x, args.p.name, args.c, args.last)); print(*uaddr("counter")); print(func); exit(); }`,
  );
  assert.deepEqual(lines, ["(5, name, 120, -7)", "41", "many"]);
});

test("a line of source code", { skip: unbuilt }, async (t) => {
  if (!needsFeature(t, "uprobes")) return;
  const source = FILES["program.c"] ?? "";
  const line = source.slice(0, source.indexOf("*at += by")).split("\n").length;
  const lines = await traced(
    () => `uprobe:${program}@program.c:${line} { @++; if (@ == 10) { print(probe); clear(@); exit(); } }`,
  );
  assert.deepEqual(lines, [`uprobe:${program}@program.c:${line}`]);
});

test("structs that are arguments themselves, in registers and on the stack", { skip: unbuilt }, async (t) => {
  if (!needsFeature(t, "uprobes")) return;
  const lines = await traced(
    () =>
      `uprobe:${program}:take { $s = args.s; print(($s.b, args.p.y, args.n, args.b.name, args.k.i, args.q.y, args.last)); print(args); exit(); }`,
  );
  assert.equal(lines[0], "(-2, -4, 5, nine, 10, 12, 13)");
  assert.match(lines[1] ?? "", /^\{ \.s = \{ \.a = 1, \.b = -2, \.c = 99 \}, \.p = \{ \.x = 3/);
});

test("a watchpoint at what a function is given, from its first call on", { skip: unbuilt }, async (t) => {
  if (!needsFeature(t, "uprobes")) return;
  const lines = await traced(
    () => "watchpoint:increment+arg1:4:w { @n++; if (@n == 10) { print(comm); clear(@n); exit(); } }",
  );
  assert.deepEqual(lines, ["program"]);
});

test("a watchpoint that is ended", { skip: unbuilt }, async () => {
  const child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
  try {
    await once(child.stdout, "data");
    const script = 'watchpoint:0x10000000:8:w { @n++; unwatch(0x10000000); printf("unwatched"); }';
    using run = await trace(script, { pid: child.pid });
    const ended = once(child, "exit");
    child.stdin.write("\n");
    for await (const event of run) {
      // What it asked for before is done when it is told.
      if (event.kind === "printf") break;
    }
    child.stdin.end();
    await ended;
    assert.deepEqual([...run.map("@n")], [[undefined, 1n]]);
  } finally {
    child.kill("SIGKILL");
  }
});

test("a watchpoint", { skip: unbuilt }, async () => {
  const lines = await traced(() => "watchpoint:0x10000000:8:w { print(comm); exit(); }");
  assert.deepEqual(lines, ["program"]);
});

test("a pinned iterator stays, and is run by who reads its file", async (t) => {
  if (!needsFeature(t, "iterators") || !needsBpfFileSystem(t)) return;
  const path = join(pinDirectory, "tasks");
  const text = `iter:task:${path} { printf("%d %s\\n", ctx.task.pid, ctx.task.comm); }`;
  try {
    const { output, code } = await scriptOutput(text);
    assert.deepEqual([output.trim(), code], [`Program pinned to ${path}`, 0]);
    const lines = readFileSync(path, "utf8").split("\n");
    assert.ok(lines.includes("2 kthreadd"), lines.slice(0, 5).join("\n"));
    await assert.rejects(scriptOutput(text), { hint: "Another program is pinned there: rm ends it." });
  } finally {
    rmSync(path, { force: true });
  }
});

test("packets are written to a file", async (t) => {
  if (!needsFeature(t, "fentry")) return;
  const path = join(directory, "in.pcap");
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address();
  using run = await trace(
    `fentry:ip_rcv { $r = skboutput("${path}", args.skb, args.skb.len, 0); @[$r] = count(); }`,
  );
  const heard = once(socket, "message");
  socket.send("a packet of ours", port, "127.0.0.1");
  await heard;
  socket.close();
  run.stop();
  await run.ended;
  const bytes = readFileSync(path);
  const at = bytes.indexOf("a packet of ours");
  assert.ok(at > 40, "the packet is in the file");
  // Behind the heads of the file and of a packet: IP without options, UDP, to the port.
  const ip = at - 28;
  assert.equal(bytes[ip], 0x45);
  assert.equal(bytes.readUInt16BE(ip + 22), port);
  assert.equal(bytes.readUInt32LE(ip - 8), 28 + 16);
});
