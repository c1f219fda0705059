// System calls and their latency by number, for all but this process's own threads.
struct value { u64 count; u64 total; };
BPF_HASH(start, u64, u64);
BPF_HASH(data, u32, struct value);

TRACEPOINT_PROBE(raw_syscalls, sys_enter)
{
	u64 id = bpf_get_current_pid_tgid();
	u64 ts = bpf_ktime_get_ns();
	start.update(&id, &ts);
	return 0;
}

TRACEPOINT_PROBE(raw_syscalls, sys_exit)
{
	u64 id = bpf_get_current_pid_tgid();
	u64 *tsp = start.lookup(&id);
	if (tsp == 0) return 0;
	u32 key = args->id;
	struct value zero = {}, *value = data.lookup_or_try_init(&key, &zero);
	if (value) {
		lock_xadd(&value->count, 1);
		lock_xadd(&value->total, bpf_ktime_get_ns() - *tsp);
	}
	return 0;
}
