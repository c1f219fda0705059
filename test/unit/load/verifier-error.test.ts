import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { BpfError } from "../../../src/errors.ts";
import { VerifierError } from "../../../src/load/verifier-error.ts";
import { SourceText } from "../../../src/source/source-text.ts";
import { CASES, compileCase } from "./compile-case.ts";

/** Case, the part of the message that explains, a part of the hint, the text of the line that is shown. */
type Expected = readonly [name: string, summary: RegExp, hint: RegExp | undefined, line: RegExp | undefined];

const TABLE: readonly Expected[] = [
  ["null-check", /pointer may be NULL here \(a map lookup\)/, /if \(!ptr\)/, /\*value \+= 1/],
  ["null-helper", /may be NULL is given to a helper/, /if \(!ptr\)/, /bpf_map_update_elem/],
  ["stack-unset", /reads 16 bytes of the stack, of which byte [48] was never/, /= \{\}/, /update_elem/],
  ["stack-limit", /outside of its 512 bytes/, /in a map/, /asm volatile/],
  ["stack-calls", /2 functions that call each other need 8\d\d bytes/, /in a map/, undefined],
  ["out-of-bounds", /index or offset may lie outside/, /number of elements/, /b->a\[i\] = 1/],
  ["past-value", /8 bytes are accessed at offset 8 of a map value that has 8/, /elements/, /b\[1\] = 1/],
  ["too-many", /program is too large: 1000001 instructions/, /fewer times/, /sum \+= i|for \(u32 i/],
  ["loop-on-variable", /loop may run for ever/, /constant bound/, /while \(go\)/],
  ["loop-forever", /loop may run for ever/, /constant bound/, /for \(;;\)/],
  ["loop-entered-inside", /only where it goes back by a jump/, /instead of goto/, /goto check/],
  ["unknown-helper", /does not offer the helper number 9999/, /newer kernel/, /bpf_no_such_helper/],
  [
    "wrong-helper",
    /may not call bpf_skb_store|not offer the helper bpf_skb_store_bytes/,
    /kind/,
    /bpf_skb_store/,
  ],
  ["unreleased", /not given back on every path/, /bpf_ringbuf_discard/, /bpf_ringbuf_reserve/],
  ["deref-scalar", /address is read that the verifier does not know/, /Missing bpf_probe_read/, /task->pid/],
  [
    "in-subprogram",
    /address is read that the verifier does not know/,
    /bpf_probe_read/,
    /\*\(int \*\)address/,
  ],
  ["ctx-access", /context may not be accessed so \(offset 320\)/, /only be read/, /p\[40\]/],
  ["helper-arg", /size given to a helper may be negative/, /unsigned/, /bpf_probe_read_kernel/],
  ["no-gpl", /under the GPL only/, /LICENSE/, /bpf_probe_read_kernel/],
  ["unset-register", /used that was never set/, /on every path/, /asm volatile/],
  ["in-header", /pointer may be NULL here/, /if \(!ptr\)/, /SEC\("raw_tp|u64 twice|read_count\(7\)|i < 2/],
];

const VERSIONS = ["6.1", "6.12", "6.18"];
/** Cases that a kernel accepts. */
const ACCEPTED = [
  "loop-entered-inside 6.12",
  "loop-entered-inside 6.18",
  "stack-unset 6.1",
  "stack-unset 6.12",
  "stack-calls 6.18",
];

for (const [name, summary, hint, line] of TABLE) {
  for (const version of VERSIONS) {
    if (ACCEPTED.includes(`${name} ${version}`)) continue;
    test(`${name} on Linux ${version}`, () => {
      const { source, object } = compileCase(name);
      const log = readFileSync(join(CASES, `${name}.${version}.log`), "utf8");
      const error = new VerifierError({ program: "prog", errno: 13, log, object, options: { source } });
      assert.ok(BpfError.is(error));
      assert.equal(error.message.includes("\n"), false);
      assert.match(error.message, summary);
      assert.match(error.message, /\bprog\b/);
      if (hint === undefined) assert.equal(error.hint, undefined);
      else assert.match(error.hint ?? "", hint);
      if (line === undefined) assert.equal(error.line, undefined);
      else assert.match(source.line(error.line ?? 0), line);
      assert.equal(error.log, log);
      const picture = error.format();
      if (line !== undefined) assert.match(picture, new RegExp(`^${error.line} \\| `, "m"));
      assert.ok(picture.includes(`  ${error.reason}`), picture);
    });
  }
}

test("every recorded log is in the table", () => {
  const named = new Set(TABLE.map(([name]) => name));
  for (const [name] of TABLE) {
    const logs = VERSIONS.filter((version) => existsSync(join(CASES, `${name}.${version}.log`)));
    const accepted = ACCEPTED.filter((entry) => entry.startsWith(`${name} `));
    assert.equal(logs.length + accepted.length, VERSIONS.length, name);
  }
  assert.equal(named.size, TABLE.length);
});

const refusal = (name: string, version = "6.18") => ({
  program: "prog",
  errno: 13,
  log: readFileSync(join(CASES, `${name}.${version}.log`), "utf8"),
  object: compileCase(name).object,
});

test("the span is the expression, not the whole line", () => {
  const { source } = compileCase("deref-scalar");
  const { diagnostic } = new VerifierError({ ...refusal("deref-scalar"), options: { source } });
  assert.ok(diagnostic);
  assert.equal(source.text.slice(diagnostic.span.start, diagnostic.span.end), "pid;");
});

test("without the user's text the object's own place is shown", () => {
  const error = new VerifierError(refusal("null-check"));
  assert.equal(error.line, undefined);
  assert.equal(error.diagnostic, undefined);
  assert.match(error.place?.file ?? "", /\bnull-check\.c$/);
  assert.equal(error.place?.text.trim(), "*value += 1;");
  assert.match(error.format(), /null-check\.c:5: \*value \+= 1;/);
});

test("`describe` translates the place", () => {
  const user = new SourceText("hello.ts", "first\nsecond line\n");
  const seen: unknown[] = [];
  const error = new VerifierError({
    ...refusal("null-check"),
    options: {
      describe: (place) => {
        seen.push([place.program, place.line]);
        return { source: user, span: { start: 6, end: 12 } };
      },
    },
  });
  assert.deepEqual(seen, [["prog", 5]]);
  assert.equal(error.line, 2);
  assert.match(error.message, /^hello\.ts:2: the kernel refuses the program prog/);
  assert.match(error.format(), /2 \| second line\n {2}\| \^~~~~~/);
});

test("an unknown reason is passed on, an empty log and a damaged object do no harm", () => {
  const log = "0: (b7) r0 = 0\nthe moon is in the wrong phase\nprocessed 1 insns (limit 1000000)\n";
  const { object } = compileCase("null-check");
  const strange = new VerifierError({ program: "p", errno: 22, log, object });
  assert.match(strange.message, /the moon is in the wrong phase/);
  assert.equal(strange.hint, undefined);
  const empty = new VerifierError({ program: "p", errno: 7, log: "", object: object.slice(0, 300) });
  assert.match(empty.message, /E2BIG/);
  assert.equal(empty.errnoName, "E2BIG");
});

test("a return value that the kind does not allow; a refusal after all is verified", () => {
  const { object } = compileCase("null-check");
  for (const range of ["[0, 1]", "(0x0; 0x1)"]) {
    const log = `At program exit the register R0 has unknown scalar value should have been in ${range}\n`;
    const wrong = new VerifierError({ program: "p", errno: 22, log, object });
    assert.ok(wrong.message.endsWith(`may: ${range}`), wrong.message);
  }
  const after = new VerifierError({ program: "p", errno: 22, log: "processed 34 insns\n", object });
  assert.match(after.message, /p: EINVAL, without a reason$/);
  assert.match(after.hint ?? "", /BPF_PROG_ARRAY.*programTypes/);
});
