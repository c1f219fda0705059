// Ours in the benchmark of printing: a line for each getppid() of a process.
//   node dist/bench/subjects/lines.js PID
import { load, type RingBuffer } from "bcc-ts";

interface Event {
  readonly ts: bigint;
  readonly pid: number;
  readonly comm: string;
}

const text: string = `
u32 target;
struct event { u64 ts; u32 pid; char comm[TASK_COMM_LEN]; };
BPF_RINGBUF_OUTPUT(events, 128);
TRACEPOINT_PROBE(syscalls, sys_enter_getppid)
{
	struct event e = { .ts = bpf_ktime_get_ns(), .pid = bpf_get_current_pid_tgid() >> 32 };
	if (e.pid != target) return 0;
	bpf_get_current_comm(&e.comm, sizeof(e.comm));
	events.ringbuf_output(&e, sizeof(e), 0);
	return 0;
}`;
using bpf = await load<{ rings: { events: RingBuffer<Event> }; globals: { target: number } }>(text, {
  attach: false,
  // Who reads lines does not see ten milliseconds.
  buffers: { events: { maxLatencyMs: 10 } },
});
bpf.globals.target = Number(process.argv[2]);
bpf.attachAll();
for await (const batch of bpf.rings.events.batches()) {
  let lines = "";
  for (const { ts, pid, comm } of batch) lines += `event ${ts} ${pid} ${comm}\n`;
  process.stdout.write(lines);
}
