// Packet programs, run over a packet of ours by BPF_PROG_TEST_RUN.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load, ProgramType } from "bcc-ts";
import { checked } from "../../src/ffi/errno.ts";
import { libbpf } from "../../src/ffi/libbpf.ts";
import { NativeBuffer } from "../../src/ffi/native-buffer.ts";

const [ETHERNET, IP, UDP] = [0, 14, 34];

/** The sum that is in a header's checksum: 0 over a header whose checksum is right. */
function checksum(...parts: Uint8Array[]): number {
  const bytes = Buffer.concat(parts);
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

/** What UDP's checksum covers: addresses, protocol, length, and the datagram. */
function udpChecksum(packet: Buffer): number {
  const head = Buffer.from([...packet.subarray(IP + 12, IP + 20), 0, 17, 0, packet.length - UDP]);
  return checksum(head, packet.subarray(UDP));
}

/** A datagram of four bytes from 192.168.1.2:1000 to 192.168.1.3:53. */
function udpPacket(): Buffer {
  const packet = Buffer.alloc(UDP + 12);
  packet.set([0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0x08, 0x00], ETHERNET);
  packet.set([0x45, 0x10, 0, 32, 0x12, 0x34, 0x40, 0x07, 64, 17, 0, 0, 192, 168, 1, 2, 192, 168, 1, 3], IP);
  packet.set([1000 >> 8, 1000 & 255, 0, 53, 0, 12, 0, 0, 1, 2, 3, 4], UDP);
  packet.writeUInt16BE(checksum(packet.subarray(IP, UDP)), IP + 10);
  packet.writeUInt16BE(udpChecksum(packet), UDP + 6);
  return packet;
}

/** Runs a program over a packet: its result, and the packet as it left it. */
function run(fd: number, packet: Uint8Array): { result: number; packet: Buffer } {
  const [input, output] = [NativeBuffer.from(packet), NativeBuffer.alloc(256)];
  const options = NativeBuffer.alloc(80);
  options.setPointer(0, 80);
  options.setPointer(8, input.address);
  options.setPointer(16, output.address);
  options.view.setUint32(24, packet.length, true);
  options.view.setUint32(28, output.length, true);
  checked("bpf_prog_test_run", libbpf().bpf_prog_test_run_opts(fd, options.address));
  const length = options.view.getUint32(28, true);
  return { result: options.view.getUint32(56, true), packet: Buffer.from(output.bytes.subarray(0, length)) };
}

test("members of headers have the packet's values", async () => {
  // A test run shows the Ethernet header to classifiers, as a packet socket does to its filter.
  using bpf = await load(
    `
struct mine_t { u16 first; u8 low : 3, high : 5; u8 last; } BPF_PACKET_HEADER;
BPF_ARRAY(read, u64, 24);
static void put(int index, u64 value) { read.update(&index, &value); }
int parse(struct __sk_buff *skb)
{
	u8 *cursor = 0;
	struct ethernet_t *ethernet = cursor_advance(cursor, sizeof(*ethernet));
	struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));
	struct udp_t *udp = cursor_advance(cursor, sizeof(*udp));
	struct mine_t *mine = cursor_advance(cursor, sizeof(*mine));
	put(0, ethernet->dst); put(1, ethernet->src); put(2, ethernet->type);
	put(3, ip->ver); put(4, ip->hlen); put(5, ip->tos); put(6, ip->tlen);
	put(7, ip->ffo_unused); put(8, ip->df); put(9, ip->mf); put(10, ip->foffset);
	put(11, ip->ttl); put(12, ip->nextp); put(13, ip->src); put(14, ip->dst);
	put(15, udp->sport); put(16, udp->dport); put(17, udp->length);
	put(18, mine->first); put(19, mine->low); put(20, mine->high); put(21, mine->last);
	put(22, load_dword(skb, 26)); put(23, load_word(skb, 26) + load_half(skb, 12) + load_byte(skb, 14));
	switch (ip->nextp) {
	case 6: goto other;
	case 17: return udp->dport;
	}
other:
	return 1;
}
int too_far(struct __sk_buff *skb) { return load_byte(skb, 1000) + 5; }`,
    { programTypes: { parse: ProgramType.SCHED_CLS } },
  );
  const { result } = run(bpf.loadFunc("parse", ProgramType.SCHED_CLS).fd, udpPacket());
  const values = [...bpf.maps.read.values()];
  const [source, destination] = [0xc0a8_0102n, 0xc0a8_0103n];
  assert.deepEqual(values, [
    ...[0x1122_3344_5566n, 0x7788_99aa_bbccn, 0x800n],
    ...[4n, 5n, 0x10n, 32n, 0n, 1n, 0n, 7n, 64n, 17n, source, destination],
    ...[1000n, 53n, 12n, 0x102n, 0n, 3n, 4n],
    ...[(source << 32n) | destination, source + 0x800n + 0x45n],
  ]);
  assert.equal(result, 53);
  assert.equal(run(bpf.loadFunc("too_far", ProgramType.SOCKET_FILTER).fd, udpPacket()).result, 0);
});

test("headers are written, and checksums stay right", async () => {
  using bpf = await load(
    `
int rewrite(struct __sk_buff *skb)
{
	u8 *cursor = 0;
	struct ethernet_t *ethernet = cursor_advance(cursor, sizeof(*ethernet));
	struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));
	struct udp_t *udp = cursor_advance(cursor, sizeof(*udp));
	u32 old = ip->dst, now = 0x0a000001;
	u16 port = udp->dport, other = 5353;
	ip->dst = now;
	incr_cksum_l4(&udp->crc, old, now, 1);
	incr_cksum_l3(&ip->hchecksum, old, now);
	udp->dport = other;
	incr_cksum_l4(&udp->crc, port, other, 0);
	ethernet->src = ethernet->dst;
	return ip->ttl;
}
int bits(struct __sk_buff *skb)
{
	u8 *cursor = (u8 *)14;
	struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));
	int before = ip->ttl--;
	ip->tos += 2;
	ip->df = 0;
	ip->foffset ^= 0x1005;
	ip->hlen = ip->ver;
	return before + ++ip->tlen;
}`,
    { programTypes: { rewrite: ProgramType.SCHED_CLS, bits: ProgramType.SCHED_CLS } },
  );
  const ofType = (name: string) => bpf.loadFunc(name, ProgramType.SCHED_CLS).fd;
  const { result, packet } = run(ofType("rewrite"), udpPacket());
  assert.equal(result, 64);
  assert.deepEqual([...packet.subarray(IP + 16, UDP)], [10, 0, 0, 1]);
  assert.equal(packet.readUInt16BE(UDP + 2), 5353);
  assert.deepEqual(packet.subarray(6, 12), packet.subarray(0, 6));
  assert.equal(checksum(packet.subarray(IP, UDP)), 0);
  assert.equal(udpChecksum(packet), 0);

  const changed = run(ofType("bits"), udpPacket());
  assert.equal(changed.result, 64 + 33);
  const expected = udpPacket();
  expected.set([0x44, 0x12, 0, 33, 0x12, 0x34, 0x10, 0x02, 63], IP);
  assert.deepEqual(changed.packet, expected);
});
