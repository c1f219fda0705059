/* A table as libbpf reads it: a BTF map definition. */
#define BCC_TS_MAP(TYPE, K, V, NAME, SIZE, FLAGS) \
struct { int (*type)[TYPE]; __typeof__(K) *key; __typeof__(V) *value; int (*max_entries)[SIZE]; int (*map_flags)[FLAGS]; } NAME SEC(".maps")

/* A ring or perf buffer. The counter holds the events that found no room. */
#define BCC_TS_BUFFER(TYPE, NAME, SIZE) \
struct { int (*type)[TYPE]; int (*max_entries)[SIZE]; } NAME SEC(".maps"); \
u64 bcc_ts_lost_##NAME

#define BPF_F_TABLE(KIND, K, V, NAME, SIZE, FLAGS) BCC_TS_MAP(BCC_TS_KIND(KIND, K), K, V, NAME, SIZE, FLAGS)

#define BPF_PERF_OUTPUT(NAME) \
struct { int (*type)[BPF_MAP_TYPE_PERF_EVENT_ARRAY]; int *key; u32 *value; } NAME SEC(".maps"); \
u64 bcc_ts_lost_##NAME

#define BPF_RINGBUF_OUTPUT(NAME, PAGES) BCC_TS_BUFFER(BPF_MAP_TYPE_RINGBUF, NAME, (PAGES) * 4096)

#define bcc_ts_lookup(MAP, K) ((__typeof__((MAP).value))bpf_map_lookup_elem(&(MAP), K))

#define bcc_ts_update(MAP, K, V) bpf_map_update_elem(&(MAP), K, V, BPF_ANY)

#define bcc_ts_insert(MAP, K, V) bpf_map_update_elem(&(MAP), K, V, BPF_NOEXIST)

#define bcc_ts_delete(MAP, K) bpf_map_delete_elem(&(MAP), K)

#define bcc_ts_lookup_or_try_init(MAP, K, V) ({ \
	__auto_type bcc_ts_k = (K); \
	__auto_type bcc_ts_leaf = bcc_ts_lookup(MAP, bcc_ts_k); \
	if (!bcc_ts_leaf) { \
		bpf_map_update_elem(&(MAP), bcc_ts_k, V, BPF_NOEXIST); \
		bcc_ts_leaf = bcc_ts_lookup(MAP, bcc_ts_k); \
	} \
	bcc_ts_leaf; })

/* As bcc has it: a full table ends the probe. */
#define bcc_ts_lookup_or_init(MAP, K, V) ({ \
	__auto_type bcc_ts_found = bcc_ts_lookup_or_try_init(MAP, K, V); \
	if (!bcc_ts_found) return 0; \
	bcc_ts_found; })

#define BCC_TS_IS_HASH(MAP) (sizeof(*(MAP).type) / sizeof(int) == BPF_MAP_TYPE_HASH)

#define bcc_ts_add(ADD, MAP, K, N) ({ \
	__typeof__(*(MAP).key) bcc_ts_k = K; \
	__auto_type bcc_ts_leaf = bcc_ts_lookup(MAP, &bcc_ts_k); \
	if (bcc_ts_leaf) { ADD(bcc_ts_leaf, N); } \
	else if (BCC_TS_IS_HASH(MAP)) { \
		__typeof__(*(MAP).value) bcc_ts_first = N; \
		if (bpf_map_update_elem(&(MAP), &bcc_ts_k, &bcc_ts_first, BPF_NOEXIST)) { \
			bcc_ts_leaf = bcc_ts_lookup(MAP, &bcc_ts_k); \
			if (bcc_ts_leaf) { ADD(bcc_ts_leaf, N); } \
		} \
	} })

#define BCC_TS_PLAIN_ADD(LEAF, N) (*(LEAF) += (N))

#define bcc_ts_increment(MAP, K, ...) bcc_ts_add(BCC_TS_PLAIN_ADD, MAP, K, BCC_TS_AMOUNT(, ##__VA_ARGS__, 1))

#define bcc_ts_atomic_increment(MAP, K, ...) bcc_ts_add(lock_xadd, MAP, K, BCC_TS_AMOUNT(, ##__VA_ARGS__, 1))

#define BCC_TS_AMOUNT(none, amount, ...) amount

#define bcc_ts_get_stackid(MAP, CTX, FLAGS) bpf_get_stackid(CTX, &(MAP), FLAGS)

#define bcc_ts_call(MAP, CTX, INDEX) bpf_tail_call(CTX, &(MAP), INDEX)

#define BCC_TS_COUNT_LOST(MAP, RESULT) ({ \
	long bcc_ts_result = (RESULT); \
	if (bcc_ts_result < 0) __sync_fetch_and_add(&bcc_ts_lost_##MAP, 1); \
	bcc_ts_result; })

#define bcc_ts_perf_submit(MAP, CTX, DATA, SIZE) BCC_TS_COUNT_LOST(MAP, bpf_perf_event_output(CTX, &(MAP), BPF_F_CURRENT_CPU, DATA, SIZE))

#define bcc_ts_ringbuf_output(MAP, DATA, SIZE, FLAGS) BCC_TS_COUNT_LOST(MAP, bpf_ringbuf_output(&(MAP), DATA, SIZE, FLAGS))

#define bcc_ts_ringbuf_reserve(MAP, SIZE) ({ \
	void *bcc_ts_room = bpf_ringbuf_reserve(&(MAP), SIZE, 0); \
	if (!bcc_ts_room) __sync_fetch_and_add(&bcc_ts_lost_##MAP, 1); \
	bcc_ts_room; })

#define bcc_ts_ringbuf_submit(MAP, DATA, FLAGS) bpf_ringbuf_submit(DATA, FLAGS)

#define bcc_ts_ringbuf_discard(MAP, DATA, FLAGS) bpf_ringbuf_discard(DATA, FLAGS)

#define bcc_ts_ringbuf_query(MAP, FLAGS) bpf_ringbuf_query(&(MAP), FLAGS)

/* bpf_trace_printk with a literal: the text is read-only data of the program. */
#define bcc_ts_printk(FORMAT, ...) ({ static const char bcc_ts_format[] = FORMAT; bpf_trace_printk(bcc_ts_format, sizeof(bcc_ts_format), ##__VA_ARGS__); })

#define bcc_ts_vprintk(FORMAT, ...) ({ \
	static const char bcc_ts_format[] = FORMAT; \
	u64 bcc_ts_values[] = { __VA_ARGS__ }; \
	bpf_trace_vprintk(bcc_ts_format, sizeof(bcc_ts_format), bcc_ts_values, sizeof(bcc_ts_values)); })

static long (*const bpf_trace_printk)(const char *format, u32 size, ...) = (void *)6;

/* A kernel value read where the program dereferences a kernel pointer. The reader takes kernel and user
   addresses alike, as bcc's programs expect. The comma gives the type without const and volatile. */
#define bcc_ts_read(PLACE) ({ \
	__auto_type bcc_ts_at = &(PLACE); \
	__typeof__((void)0, *bcc_ts_at) bcc_ts_value; \
	__builtin_memset(&bcc_ts_value, 0, sizeof(bcc_ts_value)); \
	bpf_probe_read(&bcc_ts_value, sizeof(bcc_ts_value), (const void *)bcc_ts_at); \
	bcc_ts_value; })
