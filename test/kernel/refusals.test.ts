// What a user reads when the kernel refuses something.
import assert from "node:assert/strict";
import { chownSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AttachError, load, MapError, VerifierError } from "bcc-ts";
import { readIfThere } from "../../src/kernel/tracefs.ts";
import { packageFile } from "../../src/package-root.ts";
import { TestProcess } from "../cli-process.ts";
import { temporaryDirectory } from "../temporary-directory.ts";
import { idsHeldBy, NOTHING } from "./kernel-ids.ts";
import { needsFeature } from "./needs-feature.ts";

async function failure<E extends Error>(
  text: string,
  type: abstract new (...words: never[]) => E,
): Promise<E> {
  try {
    (await load(text, { name: "mine.c" })).close();
  } catch (error) {
    assert.ok(error instanceof type, String(error));
    assert.doesNotMatch(error.message, /\n/);
    assert.deepEqual(idsHeldBy("self").links, NOTHING.links);
    return error;
  }
  assert.fail("it was loaded");
}

/** Functions of this kernel by what stands in the way of a probe. */
function unprobeable() {
  const lists = "/sys/kernel/tracing/available_filter_functions /sys/kernel/debug/kprobes/blacklist".split(
    " ",
  );
  const [traceable, refused] = lists.map((path) => new Set((readIfThere(path) ?? "").split(/\s+/)));
  const functions = readFileSync("/proc/kallsyms", "utf8").matchAll(/^\w+ [tT] ([a-z]\w+)$/gm);
  const counts = new Map<string, number>();
  for (const [, name = ""] of functions) counts.set(name, (counts.get(name) ?? 0) + 1);
  const unique = [...counts].filter(([, count]) => count === 1).map(([name]) => name);
  return {
    refused: unique.find((name) => refused?.has(name)),
    notrace: unique.find(
      (name) => name.startsWith("ftrace_") && !traceable?.has(name) && !refused?.has(name),
    ),
  };
}

test("a load that names a function which does not exist attaches nothing", async (t) => {
  if (!needsFeature(t, "kprobes")) return;
  const text = `
    int kprobe__vfs_open(void *ctx) { return 0; }
    int kprobe__tcp_v4_conect(void *ctx) { return 0; }`;
  const misspelt = await failure(text, AttachError);
  assert.equal(misspelt.target, "tcp_v4_conect");
  assert.ok(misspelt.similar.includes("tcp_v4_connect"));
  assert.match(misspelt.format(), /Did you mean tcp_v4_connect\?/);
});

test("a function that cannot be probed is told apart from one that does not exist", async (t) => {
  if (!needsFeature(t, "kprobes")) return;
  using bpf = await load("int probe(void *ctx) { return 0; }");
  const attach = (event: string) => bpf.attachKprobe({ event, fnName: "probe" });
  const refusal = (event: string): AttachError => {
    try {
      attach(event).close();
    } catch (error) {
      assert.ok(error instanceof AttachError);
      return error;
    }
    assert.fail(`${event} was attached to`);
  };
  // A static inline function of the kernel's headers.
  assert.match(refusal("sk_acceptq_is_full").message, /no such function .*inlined/);
  const { refused, notrace } = unprobeable();
  assert.ok(refused !== undefined && notrace !== undefined);
  assert.match(refusal(refused).message, /allows no kprobes on it/);
  assert.match(refusal(notrace).message, /not traceable: it is marked notrace, or its code was inlined/);
  assert.match(refusal(notrace).hint ?? "", /a function that calls it/);
  const changed = refusal("finish_task_switch");
  assert.match(changed.message, /the compiler optimised it to finish_task_switch\.isra\.0/);
  assert.deepEqual(changed.similar, ["finish_task_switch.isra.0"]);
  attach("finish_task_switch.isra.0").close(); // The hint is true.
});

test("the verifier's refusal is at the user's line", async (t) => {
  if (!needsFeature(t, "raw tracepoints")) return;
  const text = `BPF_HASH(calls, u32, u64);
RAW_TRACEPOINT_PROBE(sys_enter)
{
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	u64 *count = calls.lookup(&pid);
	*count += 1;
	return 0;
}`;
  const error = await failure(text, VerifierError);
  assert.equal(error.line, 6);
  assert.match(error.message, /may be NULL/);
  assert.match(error.format(), /mine\.c:6:\d+[\s\S]*\*count \+= 1;/);
  assert.match(error.hint ?? "", /if \(!/);
  assert.match(error.log, /invalid mem access/);
});

test("a program that is too large for the verifier", async (t) => {
  if (!needsFeature(t, "raw tracepoints")) return;
  // Each of 9,000 branches is kept for later, and the kernel keeps 8,192.
  const text = `BPF_ARRAY(sums, u64, 1);
RAW_TRACEPOINT_PROBE(sys_enter)
{
	u64 now = bpf_ktime_get_ns(), sum = 0;
	asm volatile(".rept 9000\\n if %1 == 77 goto +1\\n %0 += 1\\n .endr" : "+r"(sum) : "r"(now));
	sums.atomic_increment(0, sum);
	return 0;
}`;
  const error = await failure(text, VerifierError);
  assert.equal(error.line, 5);
  assert.match(error.message, /too many branches to be verified/);
  assert.match(error.hint ?? "", /fewer times/);
});

test("a full map and a wrong index are MapErrors", async () => {
  using bpf = await load("BPF_HASH(few, u32, u64, 4); BPF_ARRAY(cells, u64, 4);");
  const { few, cells } = bpf.maps;
  for (let key = 0; key < 4; key++) few.set(key, 1n);
  assert.throws(
    () => few.set(4, 1n),
    (error: unknown) => {
      assert.ok(error instanceof MapError);
      assert.deepEqual([error.code, error.map], ["MAP_FULL", "few"]);
      assert.match(error.hint ?? "", /BPF_HASH/);
      return true;
    },
  );
  few.set(3, 2n);
  assert.equal(few.delete(0), true);
  few.set(4, 5n);
  assert.deepEqual([few.size, few.get(4), few.get(0)], [4, 5n, undefined]);
  assert.throws(() => cells.set(4, 1n), { code: "MAP_RANGE" });
});

const directory = temporaryDirectory("refusals");

const NOBODY = 65534;

test("a user without privileges is told which capability is missing", async (t) => {
  const setpriv = "/usr/bin/setpriv";
  if (!existsSync(setpriv)) return t.skip("no setpriv (util-linux)");
  const words = [
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    "--clear-groups",
    "--inh-caps=-all",
    process.execPath,
  ];
  const run = [packageFile("dist", "lib", "bin.cjs"), "run", packageFile("examples", "maps.ts")];
  // Where root's files are closed to others, nothing is read or kept there. The host's clang is for root too.
  const env = { HOME: "/nonexistent", XDG_CACHE_HOME: "", BCC_TS_CACHE: "" };
  const port = process.env.BCC_TS_CLANG_PORT;
  if (port) chownSync(port, NOBODY, NOBODY);
  using child = new TestProcess(setpriv, [...words, ...run], { env });
  const { status, stderr, stdout } = await child.end();
  assert.equal(status, 1, `${stdout}${stderr}`);
  assert.match(stderr, /^error: .*CAP_BPF/m);
  assert.match(stderr, /^hint: Run as root/m);
  assert.doesNotMatch(stderr, /^ +at /m, "no stack of ours");
});

test("a kernel without BTF is told as such, with what to do", async (t) => {
  const run = `mount -t tmpfs none /sys/kernel/btf && exec "$@"`;
  const words = ["-m", "/bin/sh", "-c", run, "sh", process.execPath, packageFile("dist", "lib", "bin.cjs")];
  const text = join(directory, "no-btf.c");
  writeFileSync(text, `RAW_TRACEPOINT_PROBE(sys_enter) { return ${process.pid}; }`);
  using child = new TestProcess("/usr/bin/unshare", [...words, "run", text]);
  const { status, stderr } = await child.end();
  if (/unshare failed|mount: .*denied/.test(stderr)) return t.skip(`no mounts of its own: ${stderr}`);
  assert.equal(status, 1, stderr);
  assert.match(stderr, /^error: \/sys\/kernel\/btf\/vmlinux cannot be read/m);
  assert.match(stderr, /^hint: .*CONFIG_DEBUG_INFO_BTF/m);
});
