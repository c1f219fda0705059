/* A table as libbpf reads it: a BTF map definition. BCC_TS_TYPE_name is the number of the table's kind: the
   translation defines it. The struct of a map-in-map ends with the definition of the maps in it. */
#define BPF_F_TABLE(KIND, K, V, NAME, SIZE, FLAGS) struct { \
	int (*type)[BCC_TS_TYPE_##NAME]; __typeof__(K) *key; __typeof__(V) *value; \
	int (*max_entries)[BCC_TS_ENTRIES(BCC_TS_TYPE_##NAME, SIZE)]; \
	int (*map_flags)[(FLAGS) | BCC_TS_FLAGS(BCC_TS_TYPE_##NAME)]; BCC_TS_INNER_##NAME } NAME SEC(".maps")

/* Storage belongs to other objects and has no size; a table of stacks has a power of two. */
#define BCC_TS_ENTRIES(TYPE, SIZE) (BCC_TS_IS_STORAGE(TYPE) ? 0 : \
	(TYPE) != 7 || (SIZE) < 2 ? (SIZE) : 1 << (32 - __builtin_clz((SIZE) - 1)))

#define BCC_TS_IS_STORAGE(TYPE) ((TYPE) == 24 || (TYPE) == 28 || (TYPE) == 29)

/* The kernel takes storage and tries only without preallocated entries (BPF_F_NO_PREALLOC). */
#define BCC_TS_FLAGS(TYPE) (BCC_TS_IS_STORAGE(TYPE) || (TYPE) == 11 ? 1 : 0)

#define BPF_QUEUESTACK(KIND, NAME, V, SIZE, FLAGS) struct { \
	int (*type)[BCC_TS_TYPE_##NAME]; __typeof__(V) *value; int (*max_entries)[SIZE]; int (*map_flags)[FLAGS]; } NAME SEC(".maps")

#define BPF_PERF_ARRAY(NAME, SIZE) BPF_F_TABLE("", int, u32, NAME, SIZE, 0)

#define BPF_CGROUP_ARRAY(NAME, SIZE) BPF_F_TABLE("", int, u32, NAME, SIZE, 0)

#define BCC_TS_REDIRECT_MAP(KIND, V, NAME, SIZE) BPF_F_TABLE("", u32, V, NAME, SIZE, 0)

#define BCC_TS_SOCKMAP(NAME, SIZE) BPF_F_TABLE("", u32, int, NAME, SIZE, 0)

#define BCC_TS_SOCKHASH(NAME, K, SIZE) BPF_F_TABLE("", K, int, NAME, SIZE, 0)

#define BCC_TS_CGROUP_STORAGE(KIND, NAME, V) BPF_F_TABLE("", struct bpf_cgroup_storage_key, V, NAME, 0, 0)

#define BPF_PERF_OUTPUT(NAME) \
struct { int (*type)[BCC_TS_TYPE_##NAME]; int *key; u32 *value; } NAME SEC(".maps"); u64 bcc_ts_lost_##NAME

/* The counter holds the events that found no room. */
#define BPF_RINGBUF_OUTPUT(NAME, PAGES) \
struct { int (*type)[BCC_TS_TYPE_##NAME]; int (*max_entries)[(PAGES) * 4096]; } NAME SEC(".maps"); \
u64 bcc_ts_lost_##NAME

/* A map's address, of which clang is not to know that it is a constant: it would load it, in two instructions, for
   each call again. */
#define bcc_ts_address(MAP) ({ void *bcc_ts_map = &(MAP); __asm__("" : "+r"(bcc_ts_map)); bcc_ts_map; })

#define bcc_ts_lookup(MAP, K) ((__typeof__((MAP).value))bpf_map_lookup_elem(bcc_ts_address(MAP), K))

#define bcc_ts_update(MAP, K, V) bpf_map_update_elem(bcc_ts_address(MAP), K, V, BPF_ANY)

#define bcc_ts_insert(MAP, K, V) bpf_map_update_elem(bcc_ts_address(MAP), K, V, BPF_NOEXIST)

#define bcc_ts_delete(MAP, K) bpf_map_delete_elem(bcc_ts_address(MAP), K)

#define bcc_ts_lookup_or_try_init(MAP, K, V) ({ \
	__auto_type bcc_ts_k = (K); \
	__auto_type bcc_ts_leaf = bcc_ts_lookup(MAP, bcc_ts_k); \
	if (!bcc_ts_leaf) { \
		bpf_map_update_elem(bcc_ts_address(MAP), bcc_ts_k, V, BPF_NOEXIST); \
		bcc_ts_leaf = bcc_ts_lookup(MAP, bcc_ts_k); \
	} \
	bcc_ts_leaf; })

/* As bcc has it: a full table ends the probe. */
#define bcc_ts_lookup_or_init(MAP, K, V) ({ \
	__auto_type bcc_ts_found = bcc_ts_lookup_or_try_init(MAP, K, V); \
	if (!bcc_ts_found) return 0; \
	bcc_ts_found; })

/* A missing key is inserted: hash, percpu_hash, lru_hash, lru_percpu_hash. */
#define BCC_TS_GROWS(MAP) ((0x622 >> (sizeof(*(MAP).type) / sizeof(int))) & 1)

#define bcc_ts_add_at(ADD, MAP, AT, N) ({ \
	const __typeof__(*(MAP).key) *bcc_ts_k = (AT); \
	__auto_type bcc_ts_leaf = bcc_ts_lookup(MAP, bcc_ts_k); \
	if (!bcc_ts_leaf && BCC_TS_GROWS(MAP)) { \
		__typeof__(*(MAP).value) bcc_ts_none = 0; \
		bpf_map_update_elem(bcc_ts_address(MAP), bcc_ts_k, &bcc_ts_none, BPF_NOEXIST); \
		bcc_ts_leaf = bcc_ts_lookup(MAP, bcc_ts_k); \
	} \
	if (bcc_ts_leaf) { ADD(bcc_ts_leaf, N); } })

#define bcc_ts_add(ADD, MAP, K, N) ({ \
	__typeof__(*(MAP).key) bcc_ts_key = K; \
	bcc_ts_add_at(ADD, MAP, &bcc_ts_key, N); })

#define BCC_TS_PLAIN_ADD(LEAF, N) (*(LEAF) += (N))

#define bcc_ts_increment(MAP, K, ...) bcc_ts_add(BCC_TS_PLAIN_ADD, MAP, K, BCC_TS_AMOUNT(, ##__VA_ARGS__, 1))

#define bcc_ts_atomic_increment(MAP, K, ...) bcc_ts_add(lock_xadd, MAP, K, BCC_TS_AMOUNT(, ##__VA_ARGS__, 1))

/* The same with a key that is in memory already. */
#define bcc_ts_increment_at(MAP, AT, ...) bcc_ts_add_at(BCC_TS_PLAIN_ADD, MAP, AT, BCC_TS_AMOUNT(, ##__VA_ARGS__, 1))

#define bcc_ts_atomic_increment_at(MAP, AT, ...) bcc_ts_add_at(lock_xadd, MAP, AT, BCC_TS_AMOUNT(, ##__VA_ARGS__, 1))

#define BCC_TS_AMOUNT(none, amount, ...) amount

#define bcc_ts_get_stackid(MAP, CTX, FLAGS) bpf_get_stackid(CTX, &(MAP), FLAGS)

#define bcc_ts_call(MAP, CTX, INDEX) bpf_tail_call(CTX, &(MAP), INDEX)

#define bcc_ts_redirect_map(MAP, INDEX, FLAGS) bpf_redirect_map(&(MAP), INDEX, FLAGS)

#define bcc_ts_perf_read(MAP, FLAGS) bpf_perf_event_read(&(MAP), FLAGS)

#define bcc_ts_perf_counter_value(MAP, FLAGS, TO, SIZE) bpf_perf_event_read_value(&(MAP), FLAGS, TO, SIZE)

#define bcc_ts_check_current_task(MAP, INDEX) bpf_current_task_under_cgroup(&(MAP), INDEX)

#define bcc_ts_push(MAP, V, FLAGS) bpf_map_push_elem(&(MAP), V, FLAGS)

#define bcc_ts_pop(MAP, V) bpf_map_pop_elem(&(MAP), V)

#define bcc_ts_peek(MAP, V) bpf_map_peek_elem(&(MAP), V)

#define bcc_ts_sk_storage_get(MAP, SK, V, FLAGS) bpf_sk_storage_get(&(MAP), SK, V, FLAGS)

#define bcc_ts_sk_storage_delete(MAP, SK) bpf_sk_storage_delete(&(MAP), SK)

#define bcc_ts_inode_storage_get(MAP, INODE, V, FLAGS) bpf_inode_storage_get(&(MAP), INODE, V, FLAGS)

#define bcc_ts_inode_storage_delete(MAP, INODE) bpf_inode_storage_delete(&(MAP), INODE)

#define bcc_ts_task_storage_get(MAP, TASK, V, FLAGS) bpf_task_storage_get(&(MAP), TASK, V, FLAGS)

#define bcc_ts_task_storage_delete(MAP, TASK) bpf_task_storage_delete(&(MAP), TASK)

#define bcc_ts_get_local_storage(MAP, FLAGS) ((__typeof__((MAP).value))bpf_get_local_storage(&(MAP), FLAGS))

#define bcc_ts_sock_map_update(MAP, CTX, K, FLAGS) bpf_sock_map_update(CTX, &(MAP), K, FLAGS)

#define bcc_ts_msg_redirect_map(MAP, CTX, K, FLAGS) bpf_msg_redirect_map(CTX, &(MAP), K, FLAGS)

#define bcc_ts_sk_redirect_map(MAP, CTX, K, FLAGS) bpf_sk_redirect_map(CTX, &(MAP), K, FLAGS)

#define bcc_ts_sock_hash_update(MAP, CTX, K, FLAGS) bpf_sock_hash_update(CTX, &(MAP), K, FLAGS)

#define bcc_ts_msg_redirect_hash(MAP, CTX, K, FLAGS) bpf_msg_redirect_hash(CTX, &(MAP), K, FLAGS)

#define bcc_ts_sk_redirect_hash(MAP, CTX, K, FLAGS) bpf_sk_redirect_hash(CTX, &(MAP), K, FLAGS)

#define BCC_TS_COUNT_LOST(MAP, RESULT) ({ \
	long bcc_ts_result = (RESULT); \
	if (bcc_ts_result < 0) __sync_fetch_and_add(&bcc_ts_lost_##MAP, 1); \
	bcc_ts_result; })

/* with perf_event.lost_samples */
/* The kernel counts what found no room in a perf buffer (since Linux 6.0, ENOSPC), the program what did not get
   there: from a CPU that has no buffer, from a program that interrupts three others that write. */
#define BCC_TS_PERF_RESULT(MAP, RESULT) ({ \
	long bcc_ts_result = (RESULT); \
	if (bcc_ts_result < 0 && bcc_ts_result != -28) __sync_fetch_and_add(&bcc_ts_lost_##MAP, 1); \
	bcc_ts_result; })

/* without perf_event.lost_samples */
#define BCC_TS_PERF_RESULT(MAP, RESULT) BCC_TS_COUNT_LOST(MAP, RESULT)

/* BPF_F_CURRENT_CPU as one instruction: as a constant of 64 bits it is two. */
#define BCC_TS_CURRENT_CPU ({ u32 bcc_ts_cpu = (u32)BPF_F_CURRENT_CPU; __asm__("" : "+w"(bcc_ts_cpu)); (u64)bcc_ts_cpu; })

#define bcc_ts_perf_submit(MAP, CTX, DATA, SIZE) \
	BCC_TS_PERF_RESULT(MAP, bpf_perf_event_output(CTX, &(MAP), BCC_TS_CURRENT_CPU, DATA, SIZE))

#define bcc_ts_perf_submit_skb(MAP, SKB, LENGTH, DATA, SIZE) \
	BCC_TS_PERF_RESULT(MAP, bpf_perf_event_output(SKB, &(MAP), ((u64)(LENGTH) << 32) | BPF_F_CURRENT_CPU, DATA, SIZE))

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

/* The low half of a register, of which clang is not to know that it is one: it would check the half and then use
   the whole with other bits masked, and the verifier, which knows less of the halves, refuses such an index or size. */
#define bcc_ts_low32(VALUE) ({ u32 bcc_ts_half = (u32)(VALUE); __asm__("" : "+r"(bcc_ts_half)); bcc_ts_half; })

/* The same of a value of the text, unless clang knows it. */
#define bcc_ts_half(VALUE) ({ \
	u32 bcc_ts_half_ = (u32)(VALUE); \
	if (!__builtin_constant_p(bcc_ts_half_)) __asm__("" : "+r"(bcc_ts_half_)); \
	bcc_ts_half_; })

/* A value of the text, of which clang is not to know that it has it already, with a constant added, say: the bounds that
   a verifier found are those of the value alone. */
#define bcc_ts_bounded(VALUE) ({ \
	__auto_type bcc_ts_bounded_ = (VALUE) + 0; \
	if (!__builtin_constant_p(bcc_ts_bounded_)) __asm__("" : "+r"(bcc_ts_bounded_)); \
	bcc_ts_bounded_; })

/* An array's address, of which clang is not to know that low bits of it are zero. */
#define bcc_ts_array(ARRAY) ({ \
	__typeof__(&(ARRAY)[0]) bcc_ts_array_ = (ARRAY); \
	__asm__("" : "+r"(bcc_ts_array_)); \
	bcc_ts_array_; })

/* A remainder that the verifier, too, sees to be below its divisor. */
#define bcc_ts_remainder(DIVISOR, VALUE) ({ \
	__auto_type bcc_ts_remainder_ = (VALUE); \
	__asm__("" : "+r"(bcc_ts_remainder_)); \
	bcc_ts_remainder_ < (DIVISOR) ? bcc_ts_remainder_ : 0; })

/* A number, in memory of its own. */
#define bcc_ts_copied(VALUE) ((__typeof__(VALUE)){ VALUE })

#define bcc_ts_low(TYPE, MOST, VALUE) ({ \
	u32 bcc_ts_half = (TYPE)(VALUE); \
	__asm__("" : "+r"(bcc_ts_half)); \
	__builtin_assume(bcc_ts_half <= MOST); \
	(TYPE)bcc_ts_half; })

/* A kernel value read where the program dereferences a kernel pointer. The reader takes kernel and user
   addresses alike, as bcc's programs expect, and gives zeros where it cannot. The comma gives the type without const
   and volatile. */
#define bcc_ts_read(PLACE) ({ \
	__auto_type bcc_ts_at = &(PLACE); \
	__typeof__((void)0, *bcc_ts_at) bcc_ts_value; \
	bpf_probe_read(&bcc_ts_value, sizeof(bcc_ts_value), (const void *)bcc_ts_at); \
	bcc_ts_value; })

/* A bit-field of the kernel's: the bytes that it is in, shifted up to its last bit and down to its first. */
#define bcc_ts_read_bits(TYPE, SIGN, BASE, OFFSET, BYTES, UP, DOWN) ({ \
	u64 bcc_ts_bits = 0; \
	bpf_probe_read(&bcc_ts_bits, BYTES, (const char *)(BASE) + (OFFSET)); \
	(TYPE)((SIGN)(bcc_ts_bits << (UP)) >> (DOWN)); })

/* Checksums are of bytes as they are in the packet; how many is what the new value's type says. */
#define bcc_ts_incr_cksum_l3(SKB, AT, FROM, TO) \
	bpf_l3_csum_replace(SKB, (u32)(u64)(AT), BCC_TS_AS_SENT(FROM, sizeof(TO)), BCC_TS_AS_SENT(TO, sizeof(TO)), sizeof(TO))

#define bcc_ts_incr_cksum_l4(SKB, AT, FROM, TO, PSEUDO) \
	bpf_l4_csum_replace(SKB, (u32)(u64)(AT), BCC_TS_AS_SENT(FROM, sizeof(TO)), BCC_TS_AS_SENT(TO, sizeof(TO)), ((PSEUDO) & 1) << 4 | sizeof(TO))

#define BCC_TS_AS_SENT(VALUE, SIZE) ((SIZE) == 2 ? __builtin_bswap16(VALUE) : (SIZE) == 4 ? __builtin_bswap32(VALUE) : (VALUE))

/* Several members of one struct, copied together: START and SIZE in bytes. */
#define bcc_ts_copy(NAME, FROM, START, SIZE) char NAME[SIZE] __attribute__((aligned(8))); bpf_probe_read(NAME, SIZE, (const char *)(FROM) + (START));

#define bcc_ts_part(NAME, OFFSET, PLACE) (*(const __typeof__(PLACE) *)(NAME + (OFFSET)))
