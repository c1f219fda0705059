/* What a table macro leaves for the syntax tree: a variable whose struct has the methods as members, so that
   clang checks their arguments and names. The code that is compiled has other macros of the same names. */
#define BCC_TS_TABLE_METHODS(K, V) \
	K key; V leaf; \
	V *(*lookup)(K *); V *(*lookup_or_try_init)(K *, V *); V *(*lookup_or_init)(K *, V *); \
	int (*update)(K *, V *); int (*insert)(K *, V *); int (*delete)(K *); \
	void (*increment)(K, ...); void (*atomic_increment)(K, ...); \
	int (*get_stackid)(void *, u64); \
	void (*call)(void *, int); int (*redirect_map)(int, int)

#define BPF_F_TABLE(KIND, K, V, NAME, SIZE, FLAGS) struct NAME##_table_t { BCC_TS_TABLE_METHODS(K, V); } NAME; \
_Static_assert(BCC_TS_KIND(KIND, K) > 0, "bcc-ts: unsupported table kind " KIND)

#define BPF_PERF_OUTPUT(NAME) \
struct NAME##_table_t { int key; u32 leaf; int (*perf_submit)(void *, void *, u32); } NAME

#define BPF_RINGBUF_OUTPUT(NAME, PAGES) \
struct NAME##_table_t { int key; u32 leaf; int (*ringbuf_output)(void *, u64, u64); void *(*ringbuf_reserve)(u64); \
	void (*ringbuf_submit)(void *, u64); void (*ringbuf_discard)(void *, u64); u64 (*ringbuf_query)(u64); } NAME

static int (*const bpf_trace_printk)(const char *, ...) = (void *)6;
