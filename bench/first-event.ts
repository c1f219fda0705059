// Ours in the comparison of bench/startup.ts: traces one process and ends with the first event.
//   node dist/bench/first-event.js PROGRAM PID [EDITION]
//   bcc-ts run bench/first-event.ts -- PROGRAM PID [EDITION]
import { load, type RingBuffer } from "bcc-ts";

const [program = "", pid = "", edition = "0"] = process.argv.slice(2);

const EVENT = `
struct event { u32 number; };
BPF_RINGBUF_OUTPUT(events, 8);
static inline int send(u32 number)
{
	struct event e = { .number = number };
	if (bpf_get_current_pid_tgid() >> 32 == TARGET) events.ringbuf_output(&e, sizeof(e), 0);
	return 0;
}
`;
const PROGRAMS: Readonly<Record<string, string>> = {
  syscall: `TRACEPOINT_PROBE(raw_syscalls, sys_enter) { return send(args->id); }`,
  struct: `TRACEPOINT_PROBE(raw_syscalls, sys_enter)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	return send(task->real_parent->tgid);
}`,
  kprobe: `int kprobe__tcp_v4_connect(struct pt_regs *ctx, struct sock *sk) { return send(sk->__sk_common.skc_family); }`,
};

const text: string = `${EVENT}${PROGRAMS[program]}`;
interface Schema {
  readonly rings: { readonly events: RingBuffer<{ number: number }> };
}
using bpf = await load<Schema>(text, { cflags: [`-DTARGET=${pid}`, `-DEDITION=${edition}`] });
for await (const { number } of bpf.rings.events) {
  console.log(`event ${number}`);
  break;
}
