typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char s8;
typedef short s16;
typedef int s32;
typedef long long s64;

#define SEC(name) __attribute__((section(name), used))
#define INLINE static inline __attribute__((always_inline, unused))
#define CALLBACK static __attribute__((noinline, unused))
#define __uint(name, value) int(*name)[value]
#define barrier_var(name) asm volatile("" : "+r"(name))
/*
 * As barrier_var, and the verifier forgets that the number is another one and a constant: of a large constant it says,
 * where the number is added to an address, that the sum is not allowed, whatever the number's bounds are.
 */
#define fresh_number(name) asm volatile("%0 |= 0" : "+r"(name))

static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*const bpf_map_update_elem)(void *map, const void *key, const void *value, u64 flags) = (void *)2;
static long (*const bpf_map_delete_elem)(void *map, const void *key) = (void *)3;
static long (*const bpf_probe_read)(void *to, u32 size, const void *from) = (void *)4;
static u64 (*const bpf_ktime_get_ns)(void) = (void *)5;
static u32 (*const bpf_get_prandom_u32)(void) = (void *)7;
static u32 (*const bpf_get_smp_processor_id)(void) = (void *)8;
static u64 (*const bpf_get_current_pid_tgid)(void) = (void *)14;
static u64 (*const bpf_get_current_uid_gid)(void) = (void *)15;
static long (*const bpf_get_current_comm)(void *to, u32 size) = (void *)16;
static long (*const bpf_get_stackid)(void *ctx, void *map, u64 flags) = (void *)27;
static u64 (*const bpf_get_current_task)(void) = (void *)35;
static long (*const bpf_get_numa_node_id)(void) = (void *)42;
static long (*const bpf_probe_write_user)(void *to, const void *from, u32 size) = (void *)36;
static u64 (*const bpf_get_socket_cookie)(void *socket) = (void *)46;
static long (*const bpf_probe_read_str)(void *to, u32 size, const void *from) = (void *)45;
static long (*const bpf_override_return)(void *regs, u64 value) = (void *)58;
static u64 (*const bpf_get_current_cgroup_id)(void) = (void *)80;
static long (*const bpf_send_signal)(u32 signal) = (void *)109;
static long (*const bpf_get_stack)(void *ctx, void *to, u32 size, u64 flags) = (void *)67;
static long (*const bpf_skb_output)(void *skb, void *map, u64 flags, const void *data, u64 size) = (void *)111;
static long (*const bpf_probe_read_user)(void *to, u32 size, const void *from) = (void *)112;
static long (*const bpf_probe_read_kernel)(void *to, u32 size, const void *from) = (void *)113;
static long (*const bpf_probe_read_user_str)(void *to, u32 size, const void *from) = (void *)114;
static long (*const bpf_probe_read_kernel_str)(void *to, u32 size, const void *from) = (void *)115;
static long (*const bpf_send_signal_thread)(u32 signal) = (void *)117;
static long (*const bpf_get_ns_current_pid_tgid)(u64 device, u64 inode, void *to, u32 size) = (void *)120;
static long (*const bpf_d_path)(void *path, void *to, u32 size) = (void *)147;
static long (*const bpf_seq_printf)(void *file, const void *format, u32 size, const void *data, u32 length) = (void *)126;
static void *(*const bpf_per_cpu_ptr)(const void *variable, u32 cpu) = (void *)153;
static void *(*const bpf_this_cpu_ptr)(const void *variable) = (void *)154;
static long (*const bpf_trace_vprintk)(const void *format, u32 size, const void *data, u32 length) = (void *)177;
static u64 (*const bpf_jiffies64)(void) = (void *)118;
static u64 (*const bpf_ktime_get_boot_ns)(void) = (void *)125;
static void *(*const bpf_ringbuf_reserve)(void *ring, u64 size, u64 flags) = (void *)131;
static void (*const bpf_ringbuf_submit)(void *record, u64 flags) = (void *)132;
static long (*const bpf_for_each_map_elem)(void *map, void *callback, void *ctx, u64 flags) = (void *)164;
static u64 (*const bpf_get_func_ip)(void *ctx) = (void *)173;
static long (*const bpf_loop)(u32 times, void *callback, void *ctx, u64 flags) = (void *)181;
static void *(*const bpf_map_lookup_percpu_elem)(void *map, const void *key, u32 cpu) = (void *)195;
static u64 (*const bpf_ktime_get_tai_ns)(void) = (void *)208;

struct bt_call {
	void *frame;
	void *ctx;
	s64 from;
	u64 returned;
};

/*
 * Zero, and the verifier does not know it. Before Linux 6.8 it follows what bpf_loop calls once only: what it knows of
 * the first round it takes for granted in all, and leaves out code that only later rounds come to.
 */
static volatile u64 bt_unknown_zero;

struct bt_glob {
	const u8 *text;
	const u8 *pattern;
	u64 at;
	u64 wanted;
	u64 star;
	u64 mark;
	u64 matches;
};

struct bt_search {
	const u8 *text;
	const u8 *wanted;
	u64 found;
};

INLINE u64 bt_divide(u64 a, u64 b, int is_signed)
{
	if (b == 0)
		return 0;
	if (!is_signed)
		return a / b;
	u64 n = (s64)a < 0 ? -a : a;
	u64 d = (s64)b < 0 ? -b : b;
	u64 q = n / d;
	return ((s64)a < 0) != ((s64)b < 0) ? -q : q;
}

INLINE u64 bt_remainder(u64 a, u64 b, int is_signed)
{
	if (b == 0)
		return 0;
	if (!is_signed)
		return a % b;
	u64 n = (s64)a < 0 ? -a : a;
	u64 d = (s64)b < 0 ? -b : b;
	u64 r = n % d;
	return (s64)a < 0 ? -r : r;
}

INLINE u64 bt_log2(u64 n)
{
	u64 r = (n > 0xffffffffULL) << 5;
	n >>= r;
	u64 s = (n > 0xffff) << 4;
	n >>= s;
	r |= s;
	s = (n > 0xff) << 3;
	n >>= s;
	r |= s;
	s = (n > 0xf) << 2;
	n >>= s;
	r |= s;
	s = (n > 0x3) << 1;
	n >>= s;
	r |= s;
	return r | (n >> 1);
}

/* The bucket of a number: 0 for negative ones, then 0, then 2^bits for each power of two. */
INLINE u64 bt_hist_bucket(u64 n, u64 bits, int is_signed)
{
	if (is_signed && (s64)n < 0)
		return 0;
	if (n < (1ULL << bits))
		return 1 + n;
	u64 p = bt_log2(n);
	return 1 + (1ULL << bits) + ((p - bits) << bits) + (n >> (p - bits)) - (1ULL << bits);
}

INLINE u64 bt_lhist_bucket(s64 n, s64 min, s64 max, s64 step)
{
	if (n < min)
		return 0;
	if (n >= max)
		return (u64)(max - min) / (u64)step + 1;
	return (u64)(n - min) / (u64)step + 1;
}

INLINE u64 bt_same_text(const u8 *a, u32 a_size, const u8 *b, u32 b_size)
{
	u32 least = a_size < b_size ? a_size : b_size;
#pragma clang loop unroll(disable)
	for (u32 i = 0; i < least; i++) {
		if (a[i] != b[i])
			return 0;
		if (a[i] == 0)
			return 1;
	}
	if (a_size == b_size)
		return 1;
	return a_size > b_size ? a[least] == 0 : b[least] == 0;
}

INLINE u64 bt_same_bytes(const u8 *a, const u8 *b, u32 size)
{
#pragma clang loop unroll(disable)
	for (u32 i = 0; i < size; i++)
		if (a[i] != b[i])
			return 0;
	return 1;
}

INLINE u64 bt_compare_text(const u8 *a, u32 a_size, const u8 *b, u32 b_size, u32 most)
{
#pragma clang loop unroll(disable)
	for (u32 i = 0; i < most; i++) {
		u8 x = i < a_size ? a[i] : 0;
		u8 y = i < b_size ? b[i] : 0;
		if (x != y)
			return 1;
		if (x == 0)
			return 0;
	}
	return 0;
}

INLINE s64 bt_compare_bytes(const u8 *a, const u8 *b, u32 size)
{
#pragma clang loop unroll(disable)
	for (u32 i = 0; i < size; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

INLINE u64 bt_text_length(const u8 *a, u32 size)
{
#pragma clang loop unroll(disable)
	for (u32 i = 0; i < size; i++)
		if (a[i] == 0)
			return i;
	return size;
}

/* Zeros after the end of a text, so that equal texts are equal keys. */
INLINE void bt_clean_text(u8 *a, u32 size)
{
	u8 keep = 0xff;
#pragma clang loop unroll(full)
	for (u32 i = 0; i < size; i++) {
		if (a[i] == 0)
			keep = 0;
		a[i] &= keep;
	}
}
