import assert from "node:assert/strict";
import { test } from "node:test";
import { BpfError, ClosedError } from "../../src/errors.ts";
import { load } from "../../src/load.ts";
import { ValueError } from "../../src/values/value-error.ts";

interface Globals {
  total: bigint;
  limit: number;
  setup: { pid: number; name: string };
  readonly fixed: number;
}

test("global variables are live on both sides", async () => {
  const bpf = await load<{ globals: Globals }>(`
struct settings { u32 pid; char name[8]; };
u64 total;
volatile u16 limit = 300;
struct settings setup = { 0, "first" };
const volatile u32 fixed = 0xfedcba98;
BPF_HASH(unused);
RAW_TRACEPOINT_PROBE(sys_enter)
{
	if (bpf_get_current_pid_tgid() >> 32 != setup.pid || limit == 0) return 0;
	limit--;
	__sync_fetch_and_add(&total, fixed);
	return 0;
}`);
  const { globals } = bpf;
  assert.deepEqual(Object.keys(globals).sort(), ["fixed", "limit", "setup", "total"]);
  assert.deepEqual(globals.setup, { pid: 0, name: "first" });
  assert.equal(globals.limit, 300);
  assert.equal(globals.fixed, 0xfedcba98);
  assert.equal(globals.total, 0n);
  globals.limit = 5;
  globals.setup = { pid: process.pid, name: "ours" };
  // Each asks the kernel anew.
  for (let call = 0; call < 100; call++) assert(process.ppid > 0);
  assert.equal(globals.limit, 0);
  assert.equal(globals.total, 5n * 0xfedcba98n);
  assert.deepEqual(globals.setup, { pid: process.pid, name: "ours" });
  assert.throws(() => {
    globals.limit = 65_536;
  }, ValueError);
  assert.throws(
    () => {
      (globals as { fixed: number }).fixed = 1;
    },
    (error: unknown) => BpfError.is(error) && error.code === "READ_ONLY",
  );
  assert.throws(() => {
    (globals as unknown as Record<string, unknown>).other = 1;
  }, TypeError);
  bpf.close();
  assert.throws(() => globals.total, ClosedError);
  assert.throws(() => bpf.globals, ClosedError);
});

test("a program without variables has none", async () => {
  using bpf = await load("RAW_TRACEPOINT_PROBE(sys_enter) { return 0; }", { attach: false });
  assert.deepEqual(bpf.globals, {});
});
