/* What a table macro leaves for the syntax tree: the text of its kind, and a variable whose struct has the
   methods as members, so that clang checks their arguments and names. The code that is compiled has other
   macros of the same names. */
#define BCC_TS_TABLE(KIND, NAME, ...) const char bcc_ts_kind_##NAME[] = KIND; struct NAME##_table_t { __VA_ARGS__; } NAME

#define BPF_F_TABLE(KIND, K, V, NAME, SIZE, FLAGS) BCC_TS_TABLE(KIND, NAME, \
	K key; V leaf; \
	V *(*lookup)(K *); V *(*lookup_or_try_init)(K *, V *); V *(*lookup_or_init)(K *, V *); \
	int (*update)(K *, V *); int (*insert)(K *, V *); int (*delete)(K *); \
	void (*increment)(K, ...); void (*atomic_increment)(K, ...); \
	int (*get_stackid)(void *, u64); void (*call)(void *, int); int (*redirect_map)(int, int); \
	void *(*sk_storage_get)(void *, void *, int); int (*sk_storage_delete)(void *); \
	void *(*inode_storage_get)(void *, void *, int); int (*inode_storage_delete)(void *); \
	void *(*task_storage_get)(void *, void *, int); int (*task_storage_delete)(void *))

#define BPF_PERF_OUTPUT(NAME) BCC_TS_TABLE("perf_output", NAME, \
	int key; u32 leaf; int (*perf_submit)(void *, void *, u32); int (*perf_submit_skb)(void *, u32, void *, u32))

#define BPF_RINGBUF_OUTPUT(NAME, PAGES) BCC_TS_TABLE("ringbuf", NAME, \
	int key; u32 leaf; int (*ringbuf_output)(void *, u64, u64); void *(*ringbuf_reserve)(u64); \
	void (*ringbuf_submit)(void *, u64); void (*ringbuf_discard)(void *, u64); u64 (*ringbuf_query)(u64))

#define BPF_PERF_ARRAY(NAME, SIZE) BCC_TS_TABLE("perf_array", NAME, \
	int key; u32 leaf; u64 (*perf_read)(u64); int (*perf_counter_value)(u64, void *, u32))

#define BPF_CGROUP_ARRAY(NAME, SIZE) BCC_TS_TABLE("cgroup_array", NAME, int key; u32 leaf; int (*check_current_task)(int))

#define BPF_QUEUESTACK(KIND, NAME, V, SIZE, FLAGS) BCC_TS_TABLE(KIND, NAME, \
	V leaf; int (*push)(V *, u64); int (*pop)(V *); int (*peek)(V *))

#define BCC_TS_REDIRECT_MAP(KIND, V, NAME, SIZE) BCC_TS_TABLE(KIND, NAME, \
	u32 key; V leaf; V *(*lookup)(void *); int (*redirect_map)(int, int))

#define BCC_TS_SOCKMAP(NAME, SIZE) BCC_TS_TABLE("sockmap", NAME, \
	u32 key; int leaf; int (*update)(u32 *, int *); int (*delete)(u32 *); \
	int (*sock_map_update)(void *, void *, u64); int (*msg_redirect_map)(void *, u32, u64); int (*sk_redirect_map)(void *, u32, u64))

#define BCC_TS_SOCKHASH(NAME, K, SIZE) BCC_TS_TABLE("sockhash", NAME, \
	K key; int leaf; int (*update)(K *, int *); int (*delete)(K *); \
	int (*sock_hash_update)(void *, void *, u64); int (*msg_redirect_hash)(void *, void *, u64); int (*sk_redirect_hash)(void *, void *, u64))

#define BCC_TS_CGROUP_STORAGE(KIND, NAME, V) BCC_TS_TABLE(KIND, NAME, \
	struct bpf_cgroup_storage_key key; V leaf; V *(*get_local_storage)(u64))

static int (*const bpf_trace_printk)(const char *, ...) = (void *)6;

static int (*const incr_cksum_l3)(void *at, u64 from, u64 to) = (void *)10;

static int (*const incr_cksum_l4)(void *at, u64 from, u64 to, u64 pseudo) = (void *)11;
