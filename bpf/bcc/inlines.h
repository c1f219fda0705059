#define bpf_htons(x) __builtin_bswap16(x)

#define bpf_ntohs(x) __builtin_bswap16(x)

#define bpf_htonl(x) __builtin_bswap32(x)

#define bpf_ntohl(x) __builtin_bswap32(x)

#define bpf_cpu_to_be64(x) __builtin_bswap64(x)

#define bpf_be64_to_cpu(x) __builtin_bswap64(x)

#define htons(x) __builtin_bswap16(x)

#define ntohs(x) __builtin_bswap16(x)

#define htonl(x) __builtin_bswap32(x)

#define ntohl(x) __builtin_bswap32(x)

#define cpu_to_be16(x) __builtin_bswap16(x)

#define be16_to_cpu(x) __builtin_bswap16(x)

#define cpu_to_be32(x) __builtin_bswap32(x)

#define be32_to_cpu(x) __builtin_bswap32(x)

#define lock_xadd(ptr, value) ((void)__sync_fetch_and_add(ptr, value))

#define CUR_CPU_IDENTIFIER BPF_F_CURRENT_CPU

#define min_not_zero(a, b) ({ __auto_type bcc_ts_x = (a); __auto_type bcc_ts_y = (b); bcc_ts_x == 0 ? bcc_ts_y : bcc_ts_y == 0 || bcc_ts_x < bcc_ts_y ? bcc_ts_x : bcc_ts_y; })

/* The number of bits of v, so that bucket n of a histogram holds 2^(n-1) to 2^n - 1 and bucket 0 holds 0:
   one more than the logarithm, as bcc counts. No loops: the verifier follows every branch. */
static inline __attribute__((always_inline, unused)) unsigned int bpf_log2(unsigned int v)
{
	unsigned int bits = (v > 0xFFFF) << 4;
	unsigned int step;
	v >>= bits;
	step = (v > 0xFF) << 3; v >>= step; bits |= step;
	step = (v > 0xF) << 2; v >>= step; bits |= step;
	step = (v > 0x3) << 1; v >>= step; bits |= step;
	return bits | (v >> 1);
}

static inline __attribute__((always_inline, unused)) unsigned int bpf_log2l(unsigned long v)
{
	unsigned int high = v >> 32;
	return high ? bpf_log2(high) + 32 + 1 : bpf_log2(v) + 1;
}

static inline __attribute__((always_inline, unused)) u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}

/* with <net/inet_connection_sock.h> */
static inline __attribute__((always_inline, unused)) struct inet_connection_sock *inet_csk(const struct sock *sk)
{
	return (struct inet_connection_sock *)sk;
}

#define tcp_sk(sk) ((struct tcp_sock *)(sk))

#define inet_sk(sk) ((struct inet_sock *)(sk))

#define skb_rx_queue_recorded(skb) ((skb)->queue_mapping != 0)

#define skb_get_rx_queue(skb) ((skb)->queue_mapping - 1)

#define skb_get_queue_mapping(skb) ((skb)->queue_mapping)

#define sg_is_chain(entry) ((entry)->page_link & 1UL)

#define sg_is_last(entry) ((entry)->page_link & 2UL)

#define sg_chain_ptr(entry) ((struct scatterlist *)((entry)->page_link & ~3UL))

#define folio_page(folio, n) (&(folio)->page + (n))
