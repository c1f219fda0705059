#define BCC_TS_KIND(KIND, K) ( \
	!__builtin_strcmp(KIND, "hash") ? BPF_MAP_TYPE_HASH : !__builtin_strcmp(KIND, "array") ? BPF_MAP_TYPE_ARRAY : \
	!__builtin_strcmp(KIND, "percpu_hash") ? BPF_MAP_TYPE_PERCPU_HASH : !__builtin_strcmp(KIND, "percpu_array") ? BPF_MAP_TYPE_PERCPU_ARRAY : \
	!__builtin_strcmp(KIND, "lru_hash") ? BPF_MAP_TYPE_LRU_HASH : !__builtin_strcmp(KIND, "lru_percpu_hash") ? BPF_MAP_TYPE_LRU_PERCPU_HASH : \
	!__builtin_strcmp(KIND, "stacktrace") ? BPF_MAP_TYPE_STACK_TRACE : \
	!__builtin_strcmp(KIND, "histogram") ? (__builtin_types_compatible_p(K, int) ? BPF_MAP_TYPE_ARRAY : BPF_MAP_TYPE_HASH) : -1)

#define BPF_TABLE(KIND, K, V, NAME, SIZE) BPF_F_TABLE(KIND, K, V, NAME, SIZE, 0)

#define BCC_TS_PICK4(a, b, c, d, macro, ...) macro

#define BPF_HASH1(NAME) BPF_TABLE("hash", u64, u64, NAME, 10240)

#define BPF_HASH2(NAME, K) BPF_TABLE("hash", K, u64, NAME, 10240)

#define BPF_HASH3(NAME, K, V) BPF_TABLE("hash", K, V, NAME, 10240)

#define BPF_HASH4(NAME, K, V, SIZE) BPF_TABLE("hash", K, V, NAME, SIZE)

#define BPF_HASH(...) BCC_TS_PICK4(__VA_ARGS__, BPF_HASH4, BPF_HASH3, BPF_HASH2, BPF_HASH1)(__VA_ARGS__)

#define BPF_PERCPU_HASH1(NAME) BPF_TABLE("percpu_hash", u64, u64, NAME, 10240)

#define BPF_PERCPU_HASH2(NAME, K) BPF_TABLE("percpu_hash", K, u64, NAME, 10240)

#define BPF_PERCPU_HASH3(NAME, K, V) BPF_TABLE("percpu_hash", K, V, NAME, 10240)

#define BPF_PERCPU_HASH4(NAME, K, V, SIZE) BPF_TABLE("percpu_hash", K, V, NAME, SIZE)

#define BPF_PERCPU_HASH(...) BCC_TS_PICK4(__VA_ARGS__, BPF_PERCPU_HASH4, BPF_PERCPU_HASH3, BPF_PERCPU_HASH2, BPF_PERCPU_HASH1)(__VA_ARGS__)

#define BPF_ARRAY1(NAME) BPF_TABLE("array", int, u64, NAME, 10240)

#define BPF_ARRAY2(NAME, V) BPF_TABLE("array", int, V, NAME, 10240)

#define BPF_ARRAY3(NAME, V, SIZE) BPF_TABLE("array", int, V, NAME, SIZE)

#define BPF_ARRAY(...) BCC_TS_PICK4(__VA_ARGS__, , BPF_ARRAY3, BPF_ARRAY2, BPF_ARRAY1)(__VA_ARGS__)

#define BPF_PERCPU_ARRAY1(NAME) BPF_TABLE("percpu_array", int, u64, NAME, 10240)

#define BPF_PERCPU_ARRAY2(NAME, V) BPF_TABLE("percpu_array", int, V, NAME, 10240)

#define BPF_PERCPU_ARRAY3(NAME, V, SIZE) BPF_TABLE("percpu_array", int, V, NAME, SIZE)

#define BPF_PERCPU_ARRAY(...) BCC_TS_PICK4(__VA_ARGS__, , BPF_PERCPU_ARRAY3, BPF_PERCPU_ARRAY2, BPF_PERCPU_ARRAY1)(__VA_ARGS__)

#define BPF_HISTOGRAM1(NAME) BPF_TABLE("histogram", int, u64, NAME, 64)

#define BPF_HISTOGRAM2(NAME, K) BPF_TABLE("histogram", K, u64, NAME, 64)

#define BPF_HISTOGRAM3(NAME, K, SIZE) BPF_TABLE("histogram", K, u64, NAME, SIZE)

#define BPF_HISTOGRAM(...) BCC_TS_PICK4(__VA_ARGS__, , BPF_HISTOGRAM3, BPF_HISTOGRAM2, BPF_HISTOGRAM1)(__VA_ARGS__)

#define BPF_STACK_TRACE(NAME, SIZE) BPF_TABLE("stacktrace", int, struct bpf_stacktrace, NAME, SIZE)

struct bpf_stacktrace { u64 ip[127]; };
