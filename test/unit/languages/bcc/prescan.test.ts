import assert from "node:assert/strict";
import { test } from "node:test";
import { prescan } from "../../../../src/languages/bcc/prescan.ts";

const ORDINARY: readonly (readonly [text: string, names: readonly string[]])[] = [
  ["u64 config;", ["config"]],
  ["static const volatile int limit = 5;\nu32 *ports[2] = { 1, 2 };", ["limit", "ports"]],
  ["struct point { int x; } __packed;", []],
  ["struct forward; struct file *first = 0;", ["first"]],
  [
    "BPF_HASH(counts, u32);\nint f(void *ctx) { u64 page = 1; return page; }\nu64 page;",
    ["counts", "f", "page"],
  ],
  [
    'BPF_TABLE("hash:/a/b", struct key_t,\n\tu64, totals, 10);\nBPF_QUEUESTACK("queue", last, u64, 4, 0);',
    ["last", "totals"],
  ],
  ["RAW_TRACEPOINT_PROBE(sys_enter) { return 0; }\nint last;", ["last"]],
  ["enum kind { A, B = 2 };\ntypedef struct { int x; } pair, *pairs;", ["A", "B", "pair", "pairs"]],
];

for (const [text, names] of ORDINARY) {
  test(`what this defines: ${text.replaceAll("\n", " ")}`, () => {
    assert.deepEqual([...prescan(text).defined.ordinary].sort(), [...names].sort());
  });
}

test("members and variables that plainly follow a type, and no type nor annotation", () => {
  const text = `
struct s { u64 READ; char *EIO[2]; unsigned ENOMEM : 3; struct file *file; } __packed;
int f(struct pt_regs *ctx, const char __user *name) {
	int __maybe_unused code = -EINVAL;
	return sizeof(struct s) == 8 ? EFAULT : EPERM;
}`;
  assert.deepEqual([...prescan(text).defined.members].sort(), ["EIO", "ENOMEM", "READ", "ctx", "file"]);
});
