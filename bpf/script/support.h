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
 * What a search is at lies in the program's memory, of which the verifier knows nothing: it follows one round of the
 * loop, whatever came before. Addresses have to be on the stack.
 */
struct bt_glob {
	const u8 *text;
	const u8 *pattern;
	struct bt_glob_state *state;
};

struct bt_glob_state {
	u64 at;
	u64 wanted;
	u64 star;
	u64 mark;
	u64 matches;
	/* While a set of characters is read: bits of what is known of it. */
	u64 set;
};

#define BT_SET_OPEN 1
#define BT_SET_NEGATED 2
#define BT_SET_HAS 4
#define BT_SET_FITS 8

struct bt_search {
	const u8 *text;
	const u8 *wanted;
	struct bt_search_state *state;
};

struct bt_search_state {
	u64 start;
	u64 same;
	u64 window;
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

/*
 * Shifts a number down by 2^bits where that leaves something, and says by how much. The sign of what is left, negated,
 * tells: a comparison would be a branch, and these add up to 2^5 paths for the verifier.
 */
#define bt_halve(name, number, bits)           \
	u64 name = -(number >> (1 << (bits))); \
	barrier_var(name);                     \
	name = name >> 63 << (bits);           \
	number >>= name

INLINE u64 bt_log2(u64 n)
{
	bt_halve(a, n, 5);
	bt_halve(b, n, 4);
	bt_halve(c, n, 3);
	bt_halve(d, n, 2);
	bt_halve(e, n, 1);
	return (a | b | c | d | e) + (n >> 1);
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

INLINE u64 bt_same_bytes(const u8 *a, const u8 *b, u32 size, u32 alignment)
{
	u32 i = 0;
	if (alignment == 8)
#pragma clang loop unroll(disable)
		for (; i + 8 <= size; i += 8)
			if (*(u64 *)(a + i) != *(u64 *)(b + i))
				return 0;
#pragma clang loop unroll(disable)
	for (; i < size; i++)
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

/* Of eight bytes of a text, with ones at those before its NUL. */
INLINE u64 bt_before_nul(u64 word)
{
	u64 nul = (word - 0x0101010101010101) & ~word & 0x8080808080808080;
	/* The lowest bit is right, those above it may be wrong. */
	return ((nul & -nul) >> 7) - 1;
}

INLINE u64 bt_text_length(const u8 *a, u32 size, u32 alignment)
{
	u32 i = 0;
	if (alignment == 8)
#pragma clang loop unroll(disable)
		for (; i + 8 <= size; i += 8) {
			u64 kept = bt_before_nul(*(u64 *)(a + i));
			/* The sum of the bytes that are kept, by one multiplication. */
			if ((s64)kept >= 0)
				return i + (((kept & 0x0101010101010101) * 0x0101010101010101) >> 56);
		}
#pragma clang loop unroll(disable)
	for (; i < size; i++)
		if (a[i] == 0)
			return i;
	return size;
}

/* Zeros after the end of a text that is aligned, so that equal texts are equal keys. */
INLINE void bt_clean_text(u8 *a, u32 size)
{
	u64 keep = -1;
	u32 i = 0;
#pragma clang loop unroll(full)
	for (; i + 8 <= size; i += 8) {
		u64 word = *(u64 *)(a + i);
		u64 kept = bt_before_nul(word);
		*(u64 *)(a + i) = word & kept & keep;
		keep &= (s64)kept >> 63;
	}
#pragma clang loop unroll(full)
	for (; i < size; i++) {
		keep &= ~((s64)((u64)a[i] - 1) >> 63);
		a[i] &= keep;
	}
}
