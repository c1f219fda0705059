// Scripts from their text to what they print. Only what needs neither kprobes nor trampolines.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NativeBuffer } from "../../src/ffi/native-buffer.ts";
import { kernelAtLeast } from "../../src/kernel/kernel-version.ts";
import { needsFeature } from "./needs-feature.ts";
import { scriptOutput } from "./script-output.ts";

/** What each prints, blank lines left out. */
const PRINTED: readonly (readonly [title: string, script: string, ...lines: string[]])[] = [
  [
    "numbers",
    "begin { print(1 + 2 * 3); print(-7 / 2); print(-7 % 3); print(1 << 40); print(~0); }",
    "7",
    "-3",
    "-1",
    "1099511627776",
    "-1",
  ],
  [
    "narrow numbers",
    "begin { $a = (uint8)300; $b = (int8)200; print(($a, $b, (uint16)-1)); }",
    "(44, -56, 65535)",
  ],
  [
    "mixed signs",
    "begin { $a = (uint64)5; $b = -1; if ($b < 0) { print($a > 3); } print((uint64)3 - (uint64)5); }",
    "true",
    "-2",
  ],
  ["division by what is zero at run time", "begin { $a = pid - pid; print(10 / $a); }", "1"],
  [
    "texts",
    'begin { $s = "hello"; if ($s == "hello" && $s != "hell") { print($s); } print(strlen($s)); print($s[1]); }',
    "hello",
    "5",
    "101",
  ],
  [
    "a search",
    'begin { print(strcontains("abcabd", "abd")); print(strncmp("abc", "abd", 2)); }',
    "true",
    "0",
  ],
  [
    "texts in tuples have room for the longest",
    'begin { @ = (1, "hi"); @ = (300, "hello"); print(@); clear(@); }',
    "@: (300, hello)",
  ],
  [
    "maps",
    "begin { @a[1] = 10; @a[2] = 20; @b = 3; delete(@a, 1); print((has_key(@a, 1), len(@a), @b)); clear(@a); clear(@b); }",
    "(false, 1, 3)",
  ],
  [
    "aggregates",
    "begin { @ = count(); @ = count(); @s = sum(-5); @m = min(7); @m = min(3); @x = max(7); @a = avg(2); @a = avg(4); print((@, @s, @m, @x, @a)); clear(@); clear(@s); clear(@m); clear(@x); clear(@a); }",
    "(2, -5, 3, 7, 3)",
  ],
  [
    "loops",
    "begin { for ($i : 0..10) { if ($i == 2) { continue; } if ($i == 4) { break; } print($i); } $n = 0; while ($n < 1000) { $n++; } print($n); unroll(3) { $n--; } print($n); }",
    "0",
    "1",
    "3",
    "1000",
    "997",
  ],
  [
    "a loop inside of a loop",
    "begin { for ($i : 0..3) { for ($j : 0..3) { if ($j > $i) { break; } @[$i, $j] = $i * $j; } } print(len(@)); clear(@); }",
    "6",
  ],
  [
    "a return out of a loop",
    "begin { for ($i : 0..3) { for ($j : 0..3) { print($j); if ($j == 1) { return; } } } } end { print(9); }",
    "0",
    "1",
    "9",
  ],
  [
    "a loop over a map",
    'begin { @["a", 1] = 5; for ($kv : @) { print($kv); print($kv.0.1 + $kv.1); } clear(@); }',
    "((a, 1), 5)",
    "6",
  ],
  [
    "structs",
    "struct in { short a; unsigned b : 3; int c : 5; } struct out { struct in i; char s[4]; long l; } begin { $x = (uint64)0x00fa0007; $p = (struct in *)&$x; print(($p->a, $p->b, $p->c)); print(sizeof(struct out)); print(offsetof(struct out, l)); }",
    "(7, 2, -1)",
    "16",
    "8",
  ],
  [
    "the current task",
    'begin { if (curtask.pid == tid && curtask.comm == comm && curtask.group_leader.pid == pid) { print("same"); } }',
    "same",
  ],
  [
    "macros",
    "macro twice(x) { x + x } macro inc($v) { $v += 1; $v } begin { $a = 4; print(twice($a)); print(inc($a)); print($a); }",
    "8",
    "5",
    "5",
  ],
  [
    "values that are blocks",
    "begin { $a = { let $b = 5; $b * 2 }; print($a); print(if $a > 5 { 1 } else { 2 }); }",
    "10",
    "1",
  ],
  [
    "functions of the script",
    'fn first($limit: int64): int64 { for ($i : 0..10) { if ($i * $i > $limit) { return $i; } } return -1; } fn say($t: string): void { if ($t == "no") { return; } print($t); } begin { print(first(10)); print(first(1000)); say("no"); say("yes"); for ($j : 0..2) { print(first($j)); } }',
    "4",
    "-1",
    "yes",
    "1",
    "2",
  ],
  [
    "patterns",
    'begin { $t = "hello"; print((globmatch($t, "h*o"), globmatch($t, "[a-i]?l*"), globmatch($t, "[!h]*"), globmatch($t, "*lo"), globmatch($t, "hell"))); }',
    "(true, true, false, true, false)",
  ],
  [
    "texts and bytes in others",
    'begin { $t = "hello"; print((strstr($t, "lo"), strstr($t, "x"), strstr($t, "h"), memcmp($t, "help", 4), memcmp($t, "help", 3))); }',
    "(3, -1, 0, -1, 0)",
  ],
  [
    "what is known when the script is compiled",
    'struct pair { int a; long b; }; begin { if (is_ptr(curtask)) { print("pointer"); } else { print(curtask.none); } static_assert(offsetof(struct pair, b) == 8, "no"); print((is_literal(1), is_literal(pid), container_of((long *)64, struct pair, b) == (struct pair *)56)); }',
    "pointer",
    "(true, false, true)",
  ],
  [
    "choices",
    'begin { $a = 0; print($a ?: 7); print($a ? "yes" : "no"); $a ? print(1) : print(2); }',
    "7",
    "no",
    "2",
  ],
  [
    "spelled values",
    'begin { print(ntop(0x0100007f)); print(ntop(pton("::1"))); print(strerror(2)); print(macaddr((uint8[6])(uint64)0x060504030201)); }',
    "127.0.0.1",
    "::1",
    "No such file or directory",
    "01:02:03:04:05:06",
  ],
  ["parameters", "begin { print($1 + 1); print(str($2)); print($#); }", "6", "word", "2"],
];

for (const [title, script, ...lines] of PRINTED) {
  test(title, async () => {
    const { output } = await scriptOutput(script, { parameters: ["5", "word"] });
    assert.deepEqual(
      output.split("\n").filter((line) => line !== ""),
      lines,
    );
  });
}

test("exit() ends a script with its status, and nothing runs after it but end", async () => {
  const { output, code } = await scriptOutput(
    "begin { print(1); exit(3); print(2); } interval:ms:1 { print(4); } end { print(5); }",
  );
  assert.equal(code, 3);
  assert.deepEqual(
    output.split("\n").filter((line) => line !== ""),
    ["1", "5"],
  );
});

test("reads that fail are told at their place where that is asked for", async () => {
  const script =
    "struct S { int first; int whole; char text[100]; } begin { $p = (struct S *)kptr((uint8 *)16); print(($p.whole, $p.text)); print(str(uptr((int8 *)1))); print(curtask.comm); }";
  const quiet = await scriptOutput(script);
  const told = await scriptOutput(script, {}, { helperErrors: true });
  assert.equal(told.output, quiet.output);
  assert.equal(quiet.complaints, "");
  assert.deepEqual(told.complaints.match(/^test.bt:1:\d+|[A-Z][a-z ]+$|helper: .*$/gm), [
    "test.bt:1:103",
    "Numerical result out of range",
    "helper: probe_read_kernel, retcode: -34",
    "test.bt:1:113",
    "Numerical result out of range",
    "helper: probe_read_kernel_str, retcode: -34",
    "test.bt:1:130",
    "Bad address",
    "helper: probe_read_user_str, retcode: -14",
  ]);
});

test("times of the clocks that strftime takes are the same time", async (t) => {
  if (!kernelAtLeast("6.1")) return t.skip("the TAI clock is told to programs since Linux 6.1");
  const { output } = await scriptOutput(
    'begin { $t = nsecs(sw_tai); print(strftime("%F", nsecs)); print(strftime("%F", nsecs(tai))); print(strftime("%F", $t)); }',
  );
  const today = new Date().toISOString().slice(0, 10);
  assert.deepEqual(
    [
      ...new Set(
        output
          .trim()
          .split("\n")
          .filter((line) => line !== ""),
      ),
    ],
    [today],
  );
});

test("a vector of texts ends with its null", async () => {
  const words = ["one", "two words", undefined, "of others"];
  const texts = words.map((word) => word && NativeBuffer.from(Buffer.from(`${word}\0`)));
  const vector = NativeBuffer.alloc(8 * texts.length);
  for (const [i, text] of texts.entries())
    vector.view.setBigUint64(8 * i, BigInt(text ? text.address : 0), true);
  const { output } = await scriptOutput('begin { join(uptr((uint64 *)$1), ","); }', {
    parameters: [String(vector.address)],
  });
  assert.equal(output.trim(), "one,two words");
});

test("counting is exact whichever CPU does it", async (t) => {
  if (!needsFeature(t, "tracepoints")) return;
  const script = `tracepoint:raw_syscalls:sys_enter { @all++; @each = count(); @by[cpu]++; @sum = sum(1) }
    interval:ms:200 { exit(); }
    end { $n = 0; for ($kv : @by) { $n += $kv.1; } print((@all == @each, @all == $n, @all == @sum, @all > 0)); clear(@by); clear(@all); clear(@each); clear(@sum); }`;
  const { output } = await scriptOutput(script);
  assert.match(output, /^\(true, true, true, true\)$/m);
});

test("a tracepoint's arguments", async (t) => {
  if (!needsFeature(t, "tracepoints")) return;
  const script = `tracepoint:syscalls:sys_enter_kill /pid == $1 && args.sig == 0/ { printf("%d %d\\n", args.pid, args->sig); exit(); }
    interval:ms:1 { @ticks++; if (@ticks > 5000) { exit(); } }
    end { clear(@ticks); }`;
  const timer = setInterval(() => process.kill(process.pid, 0), 20);
  try {
    const { output } = await scriptOutput(script, { parameters: [String(process.pid)] });
    assert.match(output, new RegExp(`^${process.pid} 0$`, "m"));
  } finally {
    clearInterval(timer);
  }
});
