// Lines of source files by the debug information that this machine's compiler writes.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { statementsOf } from "../../../../src/btf/dwarf/dwarf-lines.ts";
import { elfSection } from "../../../../src/btf/elf.ts";
import { readElf } from "../../../../src/kernel/read-elf.ts";
import { sourceLine } from "../../../../src/kernel/source-lines.ts";
import { temporaryDirectory } from "../../../temporary-directory.ts";
import { chooseSeed, randomNumbers } from "../random.ts";

const SOURCE = `
static inline __attribute__((always_inline)) int twice(int a)
{
	return a * 2;
}
__attribute__((noinline)) int loop(int n)
{
	int sum = 0;
	for (int i = 0; i < n; i++)
		sum += twice(i);

	return sum;
}
int other(int c) { return loop(c) + twice(c); }
`;

/** Lines, and the functions that have code of them. */
const LINES: readonly (readonly [line: number, ...functions: string[]])[] = [
  [4, "loop", "other"],
  [9, "loop"],
  [10, "loop"],
  [11],
  [14, "other"],
];

const directory = temporaryDirectory("bcc-ts-lines-");
const source = join(directory, "lines.c");
writeFileSync(source, SOURCE);
const skip = spawnSync("cc", ["--version"]).status === 0 ? false : "there is no compiler cc";

function compiled(...flags: string[]): string {
  const object = join(directory, `lines${flags.join("")}.so`);
  execFileSync("cc", [...flags, "-shared", "-fPIC", "-o", object, source]);
  return object;
}

for (const version of [2, 3, 4, 5]) {
  for (const level of ["-O0", "-O1"]) {
    test(`lines out of DWARF ${version}, ${level}`, { skip }, () => {
      const object = compiled("-g", `-gdwarf-${version}`, level);
      for (const file of ["lines.c", source]) {
        const found = LINES.map(([line]) => {
          const { addresses = [] } = sourceLine(object, file, line) ?? {};
          const names = addresses.map((address) => readElf(object).symbols.at(address)?.name ?? "");
          return [line, ...names.sort()];
        });
        assert.deepEqual(found, LINES);
      }
      assert.deepEqual(sourceLine(object, "lines.c", 11)?.lines.includes(10), true);
      assert.deepEqual(sourceLine(object, "nes.c", 10), { addresses: [], lines: [] });
      assert.equal(sourceLine(object, "lines.c", 14, 99)?.addresses.length, 0);
    });
  }
}

test("a program without lines", { skip }, () => {
  assert.equal(sourceLine(compiled("-g0", "-O0"), "lines.c", 4), undefined);
});

test("a damaged table is a result or a RangeError", { skip }, (t) => {
  const bytes = readFileSync(compiled("-g", "-O0"));
  const section = (name: string) => new Uint8Array(elfSection(bytes, name) ?? []);
  const [lines, texts, lineTexts] = [".debug_line", ".debug_str", ".debug_line_str"].map(section) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const seed = chooseSeed();
  t.diagnostic(`BCC_TS_SEED=${seed}`);
  const random = randomNumbers(seed);
  for (let round = 0; round < 3000; round++) {
    const damaged = lines.slice(0, round % 3 === 0 ? random(lines.length) : lines.length);
    for (let i = 0; i < 3; i++) damaged[random(damaged.length)] = random(256);
    try {
      for (const { address } of statementsOf({ lines: damaged, texts, lineTexts }, "lines.c"))
        assert.ok(address >= 0);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
});
