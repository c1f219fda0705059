// How long a kernel function takes, as a histogram.
BPF_HASH(start, u32);
BPF_HISTOGRAM(dist);

int kprobe__vfs_write(struct pt_regs *ctx)
{
	u32 tid = bpf_get_current_pid_tgid();
	u64 ts = bpf_ktime_get_ns();
	start.update(&tid, &ts);
	return 0;
}

int kretprobe__vfs_write(struct pt_regs *ctx)
{
	u32 tid = bpf_get_current_pid_tgid();
	u64 *tsp = start.lookup(&tid);
	if (tsp == 0) return 0;
	dist.atomic_increment(bpf_log2l((bpf_ktime_get_ns() - *tsp) / 1000));
	start.delete(&tid);
	return 0;
}
