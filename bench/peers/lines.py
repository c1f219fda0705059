# bcc in the benchmark of printing: a line for each getppid() of a process.
#   lines.py PID
import sys
from bcc import BPF

b = BPF(text="""
struct event { u64 ts; u32 pid; char comm[16]; };
BPF_PERF_OUTPUT(events);
TRACEPOINT_PROBE(syscalls, sys_enter_getppid)
{
	struct event e = { .ts = bpf_ktime_get_ns(), .pid = bpf_get_current_pid_tgid() >> 32 };
	if (e.pid != %s) return 0;
	bpf_get_current_comm(&e.comm, sizeof(e.comm));
	events.perf_submit(args, &e, sizeof(e));
	return 0;
}""" % sys.argv[1])

def on_event(cpu, data, size):
    e = b["events"].event(data)
    print("event %d %d %s" % (e.ts, e.pid, e.comm.decode()))

b["events"].open_perf_buffer(on_event)
while True:
    b.perf_buffer_poll(timeout=100)
    sys.stdout.flush()
