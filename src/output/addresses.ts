import { BpfError } from "../errors.ts";

/**
 * An IPv4 address as the kernel holds it: four bytes in network order read as a little-endian u32.
 *
 * @example
 * ipv4(0x0100007f); // "127.0.0.1"
 */
export function ipv4(address: number): string {
  return [address, address >>> 8, address >>> 16, address >>> 24].map((byte) => byte & 0xff).join(".");
}

/**
 * An IPv6 address in the spelling of RFC 5952: lower case, the longest run of zero groups as "::". It is
 * given as 16 bytes, as the four u32 of `in6_u.u6_addr32`, or as the unsigned __int128 that bcc's tools use.
 * Throws BpfError "FORMAT" for another number of elements.
 *
 * @example
 * ipv6([0, 0, 0, 0x01000000]); // "::1"
 */
export function ipv6(address: Uint8Array | readonly number[] | bigint): string {
  const bytes = addressBytes(address);
  const groups = Array.from({ length: 8 }, (_, at) => ((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0));
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${bytes.slice(12).join(".")}`;
  }
  const { start, length } = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(":");
  return `${hex.slice(0, start).join(":")}::${hex.slice(start + length).join(":")}`;
}

/**
 * A port as the kernel holds it (`__be16`), in the order of bytes that people read.
 *
 * @example
 * networkPort(0xbb01); // 443
 */
export function networkPort(port: number): number {
  return ((port & 0xff) << 8) | ((port >>> 8) & 0xff);
}

function addressBytes(address: Uint8Array | readonly number[] | bigint): number[] {
  if (typeof address === "bigint") {
    return Array.from({ length: 16 }, (_, at) => Number((address >> BigInt(at * 8)) & 0xffn));
  }
  if (address.length === 16) return [...address];
  if (address.length === 4 && !(address instanceof Uint8Array)) {
    return address.flatMap((word) => [word, word >>> 8, word >>> 16, word >>> 24].map((byte) => byte & 0xff));
  }
  throw new BpfError("FORMAT", `an IPv6 address has 16 bytes or four u32, not ${address.length} elements`);
}

/** The first of the longest runs of groups that are 0. */
function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let run = 0;
  for (const [index, group] of groups.entries()) {
    run = group === 0 ? run + 1 : 0;
    if (run > best.length) best = { start: index - run + 1, length: run };
  }
  return best;
}
