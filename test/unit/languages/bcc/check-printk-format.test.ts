import assert from "node:assert/strict";
import { test } from "node:test";
import { printkProblem } from "../../../../src/languages/bcc/check-printk-format.ts";

const [OLD, NEW] = [(5 << 16) | (10 << 8), (6 << 16) | (1 << 8)];

const CASES: [format: string, values: number, version: number, problem: RegExp | undefined][] = [
  ["plain text\\n", 0, NEW, undefined],
  ["%d %i %u %x %X %ld %lu %lx %lld %llu %llx", 11, NEW, undefined],
  ["100%% %s", 1, NEW, undefined],
  ["%5d|%-16s|%04x", 3, NEW, undefined],
  ["%p %px %pK %ps %pS %pB %pI4 %pi6 %pks.", 9, NEW, undefined],
  ["%c", 1, NEW, undefined],
  ["%c", 1, OLD, /does not print '%c'/],
  ["%s %s", 2, NEW, undefined],
  ["%s %s", 2, OLD, /one %s in a line/],
  ["%f", 1, NEW, /does not print '%f'/],
  ["%0.2f", 1, NEW, /does not print '%0.2f'/],
  ["%.16s", 1, NEW, /does not print '%.16s'/],
  ["%hhu", 1, NEW, /does not print '%hhu'/],
  ["%zu", 1, NEW, /does not print '%zu'/],
  ["%o", 1, NEW, /does not print '%o'/],
  ["50%", 0, NEW, /does not print '%'/],
  ["%d %d", 1, NEW, /2 conversions for 1 value$/],
  ["%d", 0, NEW, /1 conversion for 0 values/],
  ["%d", 2, NEW, undefined],
];

for (const [format, values, version, problem] of CASES) {
  test(`bpf_trace_printk("${format}") with ${values} values on ${version >> 16}.${(version >> 8) & 255}`, () => {
    const found = printkProblem(format, values, version);
    if (problem === undefined) assert.equal(found, undefined);
    else assert.match(found ?? "", problem);
  });
}
