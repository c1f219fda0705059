import assert from "node:assert/strict";
import { test } from "node:test";
import { BpfError } from "../../../src/errors.ts";
import { columns } from "../../../src/output/columns.ts";

// Each text is what printf(3) of glibc prints.
const cases: [string, unknown[], string][] = [
  ["%-6d|%6d|%06d|%+d|% d", [42, 42, -42, 42, 42], "42    |    42|-00042|+42| 42"],
  ["%-12.12s|%12s|%.3s|%s", ["a-very-long-name", "right", "abcdef", ""], "a-very-long-|       right|abc|"],
  ["%#o %#o %#.4o %#x %#X %.0d|%#.0o", [8, 0, 8, 0, 255, 0, 0], "010 0 0010 0 0XFF |0"],
  ["%x %X %#x %08x %#010x %o", [255, 255, 255, 255, 255, 8], "ff FF 0xff 000000ff 0x000000ff 10"],
  [
    "%llu %lld %#llx",
    [18446744073709551615n, -9223372036854775808n, 0xffffffff81000000n],
    "18446744073709551615 -9223372036854775808 0xffffffff81000000",
  ],
  ["%p", [0x7fff12345678n], "0x7fff12345678"],
  ["%.2f|%8.3f|%-8.1f|%08.2f|%f", [3.14259, 2.5, 2.25, -1.5, 1], "3.14|   2.500|2.2     |-0001.50|1.000000"],
  [
    "%e %.1E %g %g %g %G",
    [12345.678, 0.00012, 0.0001, 1234567, 100, 1e-10],
    "1.234568e+04 1.2E-04 0.0001 1.23457e+06 100 1E-10",
  ],
  ["%*d|%-*s|%.*f", [5, 1, 4, "x", 1, 2.55], "    1|x   |2.5"],
  ["%c%c %d%%", [65, "b", 100], "Ab 100%"],
  ["%.3d|%5.3d|%-5.3d|%05.3d", [7, 7, 7, 7], "007|  007|007  |  007"],
  ["%d", [3.99], "3"],
  ["%.0f %.0f %.0f %.1f %.2f", [0.5, 1.5, -2.5, -0.25, 1.005], "0 2 -2 -0.2 1.00"],
  ["%f %5d", [Number.POSITIVE_INFINITY, 1n], "inf     1"],
];

for (const [format, values, text] of cases) {
  test(`${format}`, () => {
    assert.equal(columns(format, ...values), text);
  });
}

for (const [format, values] of [
  ["%d", []],
  ["%d", ["text"]],
  ["%d", [Number.NaN]],
  ["%d", [1, 2]],
  ["%q", [1]],
  ["%n", [1]],
] as [string, unknown[]][]) {
  test(`refused: ${format} of ${values.length} values`, () => {
    assert.throws(
      () => columns(format, ...values),
      (error: unknown) => error instanceof BpfError && error.code === "FORMAT",
    );
  });
}
