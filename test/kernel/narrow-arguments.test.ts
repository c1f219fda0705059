import { test } from "node:test";
import { load } from "../../src/load.ts";

const HEAD = "struct e { char data[50]; };\nBPF_PERF_OUTPUT(events);\n";
const SEND = "events.perf_submit(ctx, &e, sizeof(e)); return 0; }";
const READ = "bpf_probe_read_user(&e.data, len, buf);";

/** Sizes and indices out of registers that the program checks: the verifier must be able to follow. */
const PROGRAMS: readonly (readonly [title: string, type: string, body: string])[] = [
  ["the smaller of two", "u32", "bpf_probe_read_user(&e.data, min(sizeof(e.data), (size_t)len), buf);"],
  ["unsigned", "u32", `if (len > sizeof(e.data)) return 0; ${READ}`],
  ["signed", "int", `if (len < 0 || len > sizeof(e.data)) return 0; ${READ}`],
  ["short", "u16", `if (len >= sizeof(e.data)) return 0; e.data[len] = 1; ${READ}`],
  ["byte", "u8", `if (len >= sizeof(e.data)) return 0; e.data[len] = 1; ${READ}`],
];

for (const [title, type, body] of PROGRAMS) {
  test(`a narrow argument that is checked is a size and an index: ${title}`, async () => {
    const text = `${HEAD}int f(struct pt_regs *ctx, void *buf, ${type} len) { struct e e = {}; ${body} ${SEND}`;
    using bpf = await load(text, { attach: false });
    bpf.close();
  });
}

test("a half of a wide value that is checked is an index, however often it is used", async () => {
  using bpf = await load(
    `
struct counts { u64 of[69]; };
BPF_PERCPU_ARRAY(totals, struct counts, 1);
BPF_PERCPU_ARRAY(others, struct counts, 1);
RAW_TRACEPOINT_PROBE(sys_enter)
{
	u32 id = ctx->args[1];
	int zero = 0;
	if (id >= 69) return 0;
	struct counts *counts = totals.lookup(&zero);
	if (!counts) return 0;
	if (counts->of[0] == bpf_get_current_pid_tgid()) counts = others.lookup(&zero);
	if (!counts) return 0;
	if (id < 69) counts->of[id]++;
	return 0;
}`,
    { attach: false },
  );
  bpf.close();
});

test("an index is one below a value that is checked, and that it becomes", async () => {
  using bpf = await load(
    `
struct stack { u64 top; u64 of[2]; };
BPF_HASH(stacks, u32, struct stack);
RAW_TRACEPOINT_PROBE(sys_exit)
{
	u32 pid = bpf_get_current_pid_tgid();
	struct stack *stack = stacks.lookup(&pid);
	if (!stack || stack->top < 1 || stack->top >= 3) return 0;
	if (stack->of[stack->top - 1] == pid) stack->top--;
	return 0;
}`,
    { attach: false },
  );
  bpf.close();
});

test("an array of structs on the stack is indexed by a remainder, and a member's address is taken", async () => {
  using bpf = await load(
    `
struct span { u32 from, to; u64 at[2]; };
BPF_ARRAY(sums, u64, 1);
RAW_TRACEPOINT_PROBE(sys_enter)
{
	struct span spans[7] = {};
	u32 i = bpf_get_prandom_u32() % 7;
	spans[i].from = spans[i].to = i;
	bpf_probe_read_kernel(&spans[i].to, sizeof(spans[i].to), &spans[i].from);
	int zero = 0;
	u64 sum = spans[i].from + spans[i].to;
	sums.update(&zero, &sum);
	return 0;
}`,
    { attach: false },
  );
  bpf.close();
});

test("loops count with variables whose addresses tables get", async () => {
  using bpf = await load(
    `
BPF_ARRAY(sums, u64, 8);
BPF_HASH(seen, u32, u64);
RAW_TRACEPOINT_PROBE(sys_enter)
{
	u64 sum = 0;
	for (int i = 1; i < 8; i++) {
		u64 *value = sums.lookup(&i);
		if (value) sum += *value;
	}
	u32 tries = 0;
again:
	for (u32 pid = 0; pid < 20; pid++) {
		u64 *value = seen.lookup(&pid);
		if (!value) continue;
		sum += *value;
		seen.delete(&pid);
	}
	if (++tries < 3) goto again;
	int zero = 0;
	sums.update(&zero, &sum);
	return 0;
}`,
    { attach: false },
  );
  bpf.close();
});
