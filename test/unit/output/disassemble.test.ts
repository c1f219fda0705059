import assert from "node:assert/strict";
import { test } from "node:test";
import { disassemble } from "../../../src/output/disassemble.ts";

const NAMES = {
  helper: (id: number) => (id === 1 ? "bpf_map_lookup_elem" : undefined),
  map: (fd: number) => (fd === 7 ? "counts" : undefined),
};

/** Bytes as the kernel has them, and the text without numbers and codes. */
const CASES: readonly [bytes: string, text: string][] = [
  ["bf16000000000000", "r6 = r1"],
  ["b700000001000000", "r0 = 1"],
  ["b4010000ffffffff", "w1 = -1"],
  ["0f21000000000000", "r1 += r2"],
  ["7700000020000000", "r0 >>= 32"],
  ["c701000003000000", "r1 s>>= 3"],
  ["8700000000000000", "r0 = -r0"],
  ["3c210000 00000000", "w1 /= w2"],
  ["3f21010000000000", "r1 s/= r2"],
  ["bf21200000000000", "r1 = (s32)r2"],
  ["dc01000010000000", "r1 = be16 r1"],
  ["d401000020000000", "r1 = le32 r1"],
  ["7961080000000000", "r1 = *(u64 *)(r6 +8)"],
  ["9161080000000000", "r1 = *(s8 *)(r6 +8)"],
  ["6316f8ff00000000", "*(u32 *)(r6 -8) = r1"],
  ["720af0ff05000000", "*(u8 *)(r10 -16) = 5"],
  ["db21000000000000", "lock *(u64 *)(r1 +0) += r2"],
  ["db21000001000000", "r2 = atomic_fetch_add(*(u64 *)(r1 +0), r2)"],
  ["c3210000f1000000", "r0 = cmpxchg(*(u32 *)(r1 +0), r0, r2)"],
  ["1817000007000000 0000000000000000", "r7 = map[counts]"],
  ["1827000008000000 0000000010000000", "r7 = &map[8]+16"],
  ["1801000001000000 0000000002000000", "r1 = 0x200000001"],
  ["8500000001000000", "call bpf_map_lookup_elem#1"],
  ["85000000 63000000", "call helper#99"],
  ["85100000 05000000", "call 6"],
  ["1500030000000000", "if r0 == 0 goto 4"],
  ["6e21feff00000000", "if w1 s> w2 goto -1"],
  ["0500020000000000", "goto 3"],
  ["30000000 0c000000", "r0 = *(u8 *)skb[12]"],
  ["9500000000000000", "exit"],
];

for (const [bytes, text] of CASES) {
  test(text, () => {
    const code = Buffer.from(bytes.replaceAll(" ", ""), "hex");
    assert.equal(
      disassemble(code, NAMES)
        .trim()
        .replace(/^0: \(..\) /, ""),
      text,
    );
  });
}

test("any bytes have a text", () => {
  let state = 12345;
  for (let round = 0; round < 200; round++) {
    const code = Buffer.from(
      Array.from({ length: 64 }, () => {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        return state >>> 24;
      }),
    );
    for (const line of disassemble(code, NAMES).trim().split("\n")) assert.match(line, /^ *\d+: \(..\) \S/);
  }
});
