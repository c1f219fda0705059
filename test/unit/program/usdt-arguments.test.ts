import assert from "node:assert/strict";
import { test } from "node:test";
import type { UsdtArgument } from "../../../src/program/usdt.ts";
import { parseUsdtArguments } from "../../../src/program/usdt-arguments.ts";

const SYMBOLS: Readonly<Record<string, number>> = { global: 0x4010, "a.b": 0x5000 };

function told({ size, signed, place }: UsdtArgument): string {
  const type = `${signed ? "s" : "u"}${size * 8}`;
  switch (place.kind) {
    case "constant":
      return `${type} ${place.value}`;
    case "register":
      return `${type} ${place.register}${place.shift === 0 ? "" : `>>${place.shift}`}`;
    case "memory":
      return `${type} [${place.base ?? ""}+${place.index ?? ""}*${place.scale}+${place.offset}]`;
    case "unknown":
      return `${type} ? ${place.text}`;
  }
}

const CASES: readonly [machine: "x86_64" | "aarch64", text: string, expected: readonly string[]][] = [
  ["x86_64", "", []],
  [
    "x86_64",
    "-4@%eax 8@%r12 4@%r9d -1@%al 1@%dh 2@%r8w 1@%sil 8@%rsp",
    ["s32 ax", "u64 r12", "u32 r9", "s8 ax", "u8 dx>>8", "u16 r8", "u8 si", "u64 sp"],
  ],
  ["x86_64", "-4@$-5 8@$0x10 8@$18446744073709551615 4@$0", ["s32 -5", "u64 16", "u64 -1", "u32 0"]],
  [
    "x86_64",
    "8@-8(%rbp) 8@(%rax) -4@16(%rsp,%rcx,8) 4@(,%rdx,4) 4@(%rax,%rbx)",
    ["u64 [bp+*1+-8]", "u64 [ax+*1+0]", "s32 [sp+cx*8+16]", "u32 [+dx*4+0]", "u32 [ax+bx*1+0]"],
  ],
  [
    "x86_64",
    "4@global(%rip) 4@global+8(%rip) 8@a.b-4(%rip)",
    ["u32 [ip+*1+12288]", "u32 [ip+*1+12296]", "u64 [ip+*1+16364]"],
  ],
  [
    "x86_64",
    "8@none(%rip) 8@global(%rax) 8@8(%rip)",
    ["u64 ? none(%rip)", "u64 ? global(%rax)", "u64 ? 8(%rip)"],
  ],
  [
    "x86_64",
    "8f@%xmm0 4@%fs:8 8@$global 4@-(%rax) 3@%eax",
    ["u64 ? %xmm0", "u32 ? %fs:8", "u64 ? $global", "u32 ? -(%rax)", "u64 ? 3@%eax"],
  ],
  ["x86_64", "  4@%eax\t8@%rbx  ", ["u32 ax", "u64 bx"]],
  ["x86_64", "4@(%rax, %rbx, 4) 4@(%rax", ["u32 [ax+bx*4+0]", "u32 ? (%rax"]],
  ["x86_64", "%rdi (%rsi)", ["u64 di", "u64 [si+*1+0]"]],
  [
    "aarch64",
    "-4@x1 8@w30 8@sp 4@[sp, 12] 8@[x0] 8@[x2, -8] 4@5 -4@-1",
    [
      "s32 regs[1]",
      "u64 regs[30]",
      "u64 sp",
      "u32 [sp+*1+12]",
      "u64 [regs[0]+*1+0]",
      "u64 [regs[2]+*1+-8]",
      "u32 5",
      "s32 -1",
    ],
  ],
  [
    "aarch64",
    "8@[x1, x2] 4@[x1, w3, sxtw 2] 8@[x1, x2, lsl 3] 4@x31 8@global",
    [
      "u64 [regs[1]+regs[2]*1+0]",
      "u32 [regs[1]+regs[3]*4+0]",
      "u64 [regs[1]+regs[2]*8+0]",
      "u32 ? x31",
      "u64 [ip+*1+12288]",
    ],
  ],
];

for (const [machine, text, expected] of CASES) {
  test(`${machine}: ${text}`, () => {
    const context = { machine, address: 0x1010, symbol: (name: string) => SYMBOLS[name] };
    assert.deepEqual(parseUsdtArguments(text, context).map(told), expected);
  });
}
