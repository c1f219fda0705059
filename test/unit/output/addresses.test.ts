import assert from "node:assert/strict";
import { test } from "node:test";
import { BpfError } from "../../../src/errors.ts";
import { ipv4, ipv6, networkPort } from "../../../src/output/addresses.ts";

test("IPv4 as the kernel holds it", () => {
  assert.equal(ipv4(0x0100007f), "127.0.0.1");
  assert.equal(ipv4(0xfe01a8c0), "192.168.1.254");
  assert.equal(ipv4(0), "0.0.0.0");
});

test("ports", () => {
  assert.equal(networkPort(0x5000), 80);
  assert.equal(networkPort(0xbb01), 443);
});

// RFC 5952, sections 4 and 5.
const spellings: [string, string][] = [
  ["00000000000000000000000000000001", "::1"],
  ["00000000000000000000000000000000", "::"],
  ["20010db8000000000000000000000001", "2001:db8::1"],
  ["20010db8000000000001000000000001", "2001:db8::1:0:0:1"],
  ["20010db8000000010001000100010001", "2001:db8:0:1:1:1:1:1"],
  ["20010000000000010000000000000001", "2001:0:0:1::1"],
  ["20010db80000000000010000ABCD0000", "2001:db8::1:0:abcd:0"],
  ["fe800000000000000000000000000000", "fe80::"],
  ["00000000000000000000ffffc0a80101", "::ffff:192.168.1.1"],
  ["00010002000300040005000600070008", "1:2:3:4:5:6:7:8"],
];

for (const [hex, text] of spellings) {
  test(`IPv6 ${text}`, () => {
    const bytes = new Uint8Array(Buffer.from(hex, "hex"));
    const words = [0, 4, 8, 12].map((at) => new DataView(bytes.buffer).getUint32(at, true));
    const wide = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
    assert.equal(ipv6(bytes), text);
    assert.equal(ipv6([...bytes]), text);
    assert.equal(ipv6(words), text);
    assert.equal(ipv6(wide), text);
  });
}

test("an IPv6 address of another length is refused", () => {
  assert.throws(() => ipv6([1, 2, 3]), BpfError);
  assert.throws(() => ipv6(new Uint8Array(4)), BpfError);
});
