// Reads that the rewriter puts in, against bytes of a system call's registers, which are known.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "bcc-ts";
import { needsFeature } from "./needs-feature.ts";

const ASKED = process.arch === "arm64" ? 173 : 110; // getppid
const WORD = process.arch === "arm64" ? "syscallno" : "orig_ax";
const options = { cflags: [`-DPID=${process.pid}`, `-DASKED=${ASKED}`, `-DWORD=${WORD}`] };

test("bit-fields of kernel memory have their values", async (t) => {
  if (!needsFeature(t, "raw tracepoints")) return;
  using bpf = await load(
    `
struct own_t { int low : 3; u64 middle : 9; unsigned high : 20; int sign : 6; };
struct holder_t { struct { struct own_t inner; }; };
BPF_ARRAY(read, long, 8);
static void put(int index, long value) { read.update(&index, &value); }
RAW_TRACEPOINT_PROBE(sys_enter)
{
	if (bpf_get_current_pid_tgid() >> 32 != PID || ctx->args[1] != ASKED) return 0;
	struct pt_regs *regs = (struct pt_regs *)ctx->args[0];
	struct iphdr *ip = (struct iphdr *)&regs->WORD;
	struct own_t *own = (struct own_t *)&regs->WORD;
	struct holder_t *holder = (struct holder_t *)own;
	put(0, ip->ihl);
	put(1, ip->version);
	put(2, own->low);
	put(3, own->middle);
	put(4, (*own).high);
	put(5, holder->inner.low);
	put(6, own[0].sign);
	put(7, ip[0].version + (ip ? own->low : 0));
	return 0;
}`,
    options,
  );
  const asked = process.ppid;
  assert(asked > 0);
  const low = (ASKED & 7) >= 4 ? (ASKED & 7) - 8 : ASKED & 7; // three bits with a sign
  const expected = [ASKED & 15, ASKED >> 4, low, ASKED >> 3, 0, low, 0, (ASKED >> 4) + low];
  assert.deepEqual([...bpf.maps.read.values()], expected.map(BigInt));
});
