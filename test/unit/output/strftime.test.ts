import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { strftime } from "../../../src/output/strftime.ts";

const ALL =
  "%a|%A|%b|%B|%c|%C|%d|%D|%e|%F|%g|%G|%h|%H|%I|%j|%k|%l|%m|%M|%p|%P|%r|%R|%s|%S|%T|%u|%U|%V|%w|%W|%x|%X|%y|%Y|%z|%%";

/** Turns of years and weeks, a leap day, noon and midnight, and before 1980. */
const SECONDS = [
  0, 1704067199, 1704067200, 1709208000, 1735516800, 1230768000, 1609459199, 1763730000, 43200, 86399,
];

for (const seconds of SECONDS) {
  test(`all conversions at ${seconds} are as date(1) has them`, () => {
    // date(1) writes %c, %r, %x and %X of the C locale as strftime(3) does.
    const { stdout } = spawnSync("date", ["-d", `@${seconds}`, `+${ALL}`], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
    });
    assert.equal(`${strftime(ALL, BigInt(seconds) * 1_000_000_000n)}\n`, stdout);
  });
}

test("microseconds, line ends, and what is no conversion", () => {
  assert.equal(strftime("%f%n%t%Q%", 1_000_002_999n), "000002\n\t%Q%");
});
