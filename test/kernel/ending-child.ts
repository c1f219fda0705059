// Run by ending.test.ts: attaches probes, and ends as its first argument says once a line comes on stdin.
import { once } from "node:events";
import { writeSync } from "node:fs";
import { load, type RingBuffer, type Schema } from "bcc-ts";

interface Types extends Schema {
  rings: { execs: RingBuffer<{ pid: number }> };
}

const [way, kprobes] = process.argv.slice(2);

const bpf = await load<Types>(`
struct exec_event { u32 pid; };
BPF_RINGBUF_OUTPUT(execs, 8);
BPF_HASH(calls, u32, u64);
TRACEPOINT_PROBE(sched, sched_process_exec)
{
	struct exec_event event = { .pid = args->pid };
	execs.ringbuf_output(&event, sizeof(event), 0);
	return 0;
}
RAW_TRACEPOINT_PROBE(sched_process_exit)
{
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	calls.increment(pid);
	return 0;
}
${kprobes === "kprobes" ? "int kprobe__vfs_open(void *ctx) { return 0; } int kretprobe__vfs_open(void *ctx) { return 0; }" : ""}
`);

writeSync(1, "attached\n");
// The signals must find it in the middle of a trace.
const loop = (async () => {
  for await (const { pid } of bpf.rings.execs) void pid;
})();
await once(process.stdin, "data");
switch (way) {
  case "exit":
    process.exit(3);
    break;
  case "throw":
    throw new Error("not caught");
  case "reject":
    void Promise.reject(new Error("not handled"));
    break;
  case "close":
    bpf.close();
    await loop;
    break;
}
