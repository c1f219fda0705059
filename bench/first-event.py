# bcc's side of the comparison of bench/startup.ts: traces one process and ends with the first event.
#   python3 bench/first-event.py PROGRAM PID
import sys

from bcc import BPF

program, pid = sys.argv[1:3]
EVENT = """
struct event { u32 number; };
BPF_RINGBUF_OUTPUT(events, 8);
static inline int send(u32 number)
{
	struct event e = { .number = number };
	if (bpf_get_current_pid_tgid() >> 32 == TARGET) events.ringbuf_output(&e, sizeof(e), 0);
	return 0;
}
"""
PROGRAMS = {
    "syscall": "TRACEPOINT_PROBE(raw_syscalls, sys_enter) { return send(args->id); }",
    "struct": """#include <linux/sched.h>
TRACEPOINT_PROBE(raw_syscalls, sys_enter)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	return send(task->real_parent->tgid);
}""",
    "kprobe": """#include <net/sock.h>
int kprobe__tcp_v4_connect(struct pt_regs *ctx, struct sock *sk) { return send(sk->__sk_common.skc_family); }
""",
}
text = PROGRAMS[program]
includes = "".join(line for line in text.splitlines(True) if line.startswith("#include"))
bpf = BPF(text=includes + EVENT + text[len(includes):], cflags=["-DTARGET=" + pid])
seen = []
bpf["events"].open_ring_buffer(lambda _, data, size: seen.append(bpf["events"].event(data).number))
while not seen:
    bpf.ring_buffer_poll()
print("event", seen[0], flush=True)
