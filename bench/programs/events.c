/* What the benchmark of rings and perf buffers sends: the same for every reader, run by BPF_PROG_TEST_RUN. */
struct event { u64 ts; u32 pid; u32 seq; char comm[16]; };
struct state { u64 sent; u64 refused; };

BPF_RINGBUF_OUTPUT(ring, PAGES);
BPF_PERF_OUTPUT(perf);
BPF_ARRAY(state, struct state, 1);

static inline void make(struct event *e, u32 seq)
{
	__builtin_memset(e, 0, sizeof(*e));
	e->ts = bpf_ktime_get_ns();
	e->pid = bpf_get_current_pid_tgid() >> 32;
	e->seq = seq;
	__builtin_memcpy(e->comm, "task-0", 6);
	e->comm[5] += seq % 10;
}

static inline void count(u64 sent, u64 refused)
{
	int zero = 0;
	struct state *s = state.lookup(&zero);
	if (!s) return;
	s->sent += sent;
	s->refused += refused;
}

/* args[0]: how many events, 1000 at the most; args[1]: the number of the first. */
int fill_ring(struct bpf_raw_tracepoint_args *ctx)
{
	u64 wanted = ctx->args[0], first = ctx->args[1], refused = 0;
	u32 i;
#pragma clang loop unroll(disable)
	for (i = 0; i < 1000 && i < wanted; i++) {
		struct event e;
		make(&e, first + i);
		if (ring.ringbuf_output(&e, sizeof(e), 0) < 0) refused++;
	}
	count(i, refused);
	return 0;
}

int fill_perf(struct bpf_raw_tracepoint_args *ctx)
{
	u64 wanted = ctx->args[0], first = ctx->args[1], refused = 0;
	u32 i;
#pragma clang loop unroll(disable)
	for (i = 0; i < 1000 && i < wanted; i++) {
		struct event e;
		make(&e, first + i);
		if (perf.perf_submit(ctx, &e, sizeof(e)) < 0) refused++;
	}
	count(i, refused);
	return 0;
}
