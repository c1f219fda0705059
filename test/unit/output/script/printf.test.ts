import assert from "node:assert/strict";
import { test } from "node:test";
import { printf } from "../../../../src/output/script/printf.ts";
import type { ScriptValue } from "../../../../src/values/script-value.ts";
import { bool, buf, count, enumerator, int, ptr, spelled, stats, str, tuple } from "./values.ts";

const WIDE = int(0x12345678abcdefn);
const BYTES = buf("a\x01\x80z");

const cases: readonly (readonly [format: string, values: ScriptValue[], text: string])[] = [
  ["%hhx %hx %x %jx", [WIDE, WIDE, WIDE, WIDE], "ef cdef 78abcdef 12345678abcdef"],
  ["%d %ld", [int(-10000000000n), int(-10000000000n)], "-1410065408 -10000000000"],
  ["%d %lu", [int(-2n), int(-2n)], "-2 18446744073709551614"],
  [
    "%u %i %llu",
    [int(-1, 4), int(-1, 4), int(2n ** 64n - 1n, 8, false)],
    "4294967295 -1 18446744073709551615",
  ],
  ["|%5d|%-5d|%05d|%+d|", [int(42), int(42), int(42), int(42)], "|   42|42   |00042|+42|"],
  ["%5s %04x", [str("ba"), int(2)], "   ba 0002"],
  ["|%.3s|%10s|%-10.10s|", [str("abcdef"), str("xyz"), str("0123456789ab")], "|abc|       xyz|0123456789|"],
  ["%*d|%-*s|", [int(4), int(7), int(3), str("x")], "   7|x  |"],
  ["%c%c%c", [int(0x41), int(0x142), int(0x43)], "ABC"],
  ["%c", [int(0x80)], "\udc80"],
  ["%r %rx %rh", [BYTES, BYTES, BYTES], "a\\x01\\x80z \\x61\\x01\\x80\\x7a 61 01 80 7a"],
  ["%p %p %x", [ptr(0xffff888000000000n), int(0), ptr(255)], "0xffff888000000000 0x0 ff"],
  ["%d %s", [enumerator(2, "TWO"), enumerator(2, "TWO")], "2 TWO"],
  ["%s %d", [bool(true), bool(true)], "true 1"],
  ["%s %-6s|", [spelled("main+4"), spelled("do")], "main+4 do    |"],
  ["%d %d", [count(3), stats("avg", 2, 9)], "3 4"],
  ["%s %s", [tuple(int(1), str("b")), int(7)], "(1, b) 7"],
  ["100%% %o %#x %X", [int(8), int(255), int(255)], "100% 10 0xff FF"],
  [
    "%gr %gr %gr",
    [int(1), int(0xdc0), int(0x40000cc0n)],
    "GFP_DMA GFP_KERNEL|__GFP_ZERO GFP_KERNEL|0x40000000",
  ],
  ["no conversion, no value\\n", [], "no conversion, no value\\n"],
];

for (const [format, values, text] of cases) {
  test(`printf ${format}`, () => {
    assert.equal(printf(format, values), text);
    assert.equal(printf(format, values), text, "the second time too");
  });
}
