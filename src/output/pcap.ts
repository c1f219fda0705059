/** Files of packets as tcpdump and Wireshark read them: times in nanoseconds, packets that begin with IP. */

const NANOSECONDS = 0xa1b23c4d;
const RAW_IP = 101;
const LONGEST = 1 << 18;
const SECOND = 1_000_000_000n;

/** What a file begins with. */
export function pcapHeader(): Uint8Array {
  const view = new DataView(new ArrayBuffer(24));
  view.setUint32(0, NANOSECONDS, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, LONGEST, true);
  view.setUint32(20, RAW_IP, true);
  return new Uint8Array(view.buffer);
}

/** A packet; its time is in nanoseconds since 1970. */
export function pcapPacket(time: bigint, bytes: Uint8Array): Uint8Array {
  const record = new Uint8Array(16 + bytes.length);
  const view = new DataView(record.buffer);
  view.setUint32(0, Number(BigInt.asUintN(32, time / SECOND)), true);
  view.setUint32(4, Number(time % SECOND), true);
  view.setUint32(8, bytes.length, true);
  view.setUint32(12, bytes.length, true);
  record.set(bytes, 16);
  return record;
}
