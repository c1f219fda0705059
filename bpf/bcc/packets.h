/* A header in a packet: a pointer to one is an offset, and its members are read and written in the packet, the
   first bit of a byte its highest. */
#define BPF_PACKET_HEADER __attribute__((packed, annotate("packet")))

#define cursor_advance(cursor, length) ({ void *bcc_ts_here = (cursor); (cursor) += (length); bcc_ts_here; })

struct ethernet_t {
	u64 dst : 48, src : 48;
	u16 type;
} BPF_PACKET_HEADER;

struct dot1q_t {
	u16 pri : 3, cfi : 1, vlanid : 12;
	u16 type;
} BPF_PACKET_HEADER;

struct arp_t {
	u16 htype, ptype;
	u8 hlen, plen;
	u16 oper;
	u64 sha : 48, spa : 32, tha : 48;
	u32 tpa;
} BPF_PACKET_HEADER;

struct ip_t {
	u8 ver : 4, hlen : 4;
	u8 tos;
	u16 tlen, identification;
	u16 ffo_unused : 1, df : 1, mf : 1, foffset : 13;
	u8 ttl, nextp;
	u16 hchecksum;
	u32 src, dst;
} BPF_PACKET_HEADER;

struct ip6_t {
	u32 ver : 4, priority : 8, flow_label : 20;
	u16 payload_len;
	u8 next_header, hop_limit;
	u64 src_hi, src_lo, dst_hi, dst_lo;
} BPF_PACKET_HEADER;

struct udp_t {
	u16 sport, dport, length, crc;
} BPF_PACKET_HEADER;

struct tcp_t {
	u16 src_port, dst_port;
	u32 seq_num, ack_num;
	u8 offset : 4, reserved : 4;
	u8 flag_cwr : 1, flag_ece : 1, flag_urg : 1, flag_ack : 1, flag_psh : 1, flag_rst : 1, flag_syn : 1, flag_fin : 1;
	u16 rcv_wnd, cksum, urg_ptr;
} BPF_PACKET_HEADER;

struct icmp_t {
	u8 type, code;
	u16 checksum;
} BPF_PACKET_HEADER;

struct vxlan_t {
	u32 rsv1 : 4, iflag : 1, rsv2 : 3, rsv3 : 24;
	u32 key : 24, rsv4 : 8;
} BPF_PACKET_HEADER;

struct vxlan_gbp_t {
	u32 gflag : 1, rsv1 : 3, iflag : 1, rsv2 : 3, rsv3 : 1, dflag : 1, rsv4 : 1, aflag : 1, rsv5 : 3, tag : 17;
	u32 key : 24, rsv6 : 8;
} BPF_PACKET_HEADER;

/* Loads from the packet, in the machine's order of bytes; beyond its end they end the program with 0. */
u64 load_byte(void *skb, u64 at) __asm__("llvm.bpf.load.byte");

u64 load_half(void *skb, u64 at) __asm__("llvm.bpf.load.half");

u64 load_word(void *skb, u64 at) __asm__("llvm.bpf.load.word");

#define load_dword(skb, at) bcc_ts_load(skb, at, 8)

static inline __attribute__((always_inline, unused)) u64 bcc_ts_load(void *skb, u64 at, u32 bytes)
{
	u64 value = 0;
	for (; bytes >= 4; bytes -= 4, at += 4)
		value = value << 32 | load_word(skb, at);
	if (bytes & 2) {
		value = value << 16 | load_half(skb, at);
		at += 2;
	}
	return bytes & 1 ? value << 8 | load_byte(skb, at) : value;
}

/* Bits of a packet as a number, counted from the highest bit of the byte at an offset. */
static inline __attribute__((always_inline, unused)) u64 bcc_ts_packet_get(void *skb, u64 at, u32 bit, u32 bits)
{
	u32 bytes = (bit + bits + 7) / 8;
	return bcc_ts_load(skb, at, bytes) >> (bytes * 8 - bit - bits) & ~0ull >> (64 - bits);
}

static inline __attribute__((always_inline, unused)) u64 bcc_ts_packet_set(void *skb, u64 at, u32 bit, u32 bits, u64 value)
{
	u32 bytes = (bit + bits + 7) / 8, after = bytes * 8 - bit - bits;
	u64 mask = ~0ull >> (64 - bits) << after, all = value << after & mask;
	if (bits != bytes * 8)
		all |= bcc_ts_load(skb, at, bytes) & ~mask;
	all = __builtin_bswap64(all << (64 - bytes * 8));
	bpf_skb_store_bytes(skb, at, &all, bytes, 0);
	return value;
}

#define bpf_dext_pkt(skb, at, bit, bits) bcc_ts_packet_get(skb, at, bit, bits)

#define bpf_dins_pkt(skb, at, bit, bits, value) bcc_ts_packet_set(skb, at, bit, bits, value)
