// What the verifier goes through of scripts whose ways multiply: bounded, whatever the texts' and the scripts' length.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { packageFile } from "../../src/package-root.ts";
import { needsFeature } from "./needs-feature.ts";
import { verifiedInstructions } from "./verified-instructions.ts";

const times = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join(" ");

/** A script, and how many instructions the verifier may go through: three times what Linux 6.18 does, at least. */
const SCRIPTS: readonly (readonly [string, string, number])[] = [
  [
    "globs with sets",
    `begin { $p = str(0); ${times(6, (i) => `if (globmatch($p, "/a[a-z]*/${i}*.s[!a-n]")) { @[${i}] = count(); }`)} }`,
    6000,
  ],
  [
    "globs that are not known",
    `begin { $p = str(0); ${times(4, (i) => `if (globmatch($p, str(${i}))) { @[${i}] = count(); }`)} }`,
    10_000,
  ],
  [
    "searches for short texts",
    `begin { $p = str(0); ${times(10, (i) => `if (strcontains($p, "word${i}")) { @[${i}] = count(); }`)} }`,
    15_000,
  ],
  [
    "searches for long texts",
    `begin { $p = str(0); ${times(10, (i) => `if (strstr($p, "a long word ${i}") > 3) { @[${i}] = count(); }`)} if (strcontains(comm, $p)) { @x++; } }`,
    15_000,
  ],
  [
    "comparisons with known texts",
    `begin { $p = str(0); ${times(20, (i) => `if ($p == "/some/long/path/of/a/file/number${i}" || strncmp($p, "/other/path/${i}", 12) == 0) { @[${i}] = count(); }`)} }`,
    10_000,
  ],
  [
    "histograms",
    `begin { ${times(15, (i) => `@h${i}[comm] = hist((int64)nsecs); @l${i} = lhist(nsecs, 0, 100, 5); @f${i} = hist(nsecs, 3);`)} }`,
    20_000,
  ],
  [
    "lengths that are kept",
    `begin { ${times(8, (i) => `$l${i} = strlen(str(${i}, 64)); @x[${i}] = count();`)} ${times(8, (i) => `if ($l${i} > ${i}) { @[${i}] = count(); }`)} }`,
    8000,
  ],
  [
    "choices that are kept",
    `begin { ${times(16, (i) => `$f${i} = 0; if (pid == ${i}) { $f${i} = ${i + 3}; @a[${i}] = count(); }`)} ${times(16, (i) => `if ($f${i} > 4) { @[${i}] = count(); }`)} }`,
    8000,
  ],
  [
    "flags in a small script",
    `begin { ${times(12, (i) => `$f${i} = 0; if (pid == ${i}) { $f${i} = ${i + 3}; @b${i} = count(); }`)} ${times(12, (i) => `if ($f${i} > ${i + 2}) { @a${i} = count(); }`)} }`,
    6000,
  ],
  [
    "flags that are comparisons",
    `begin { ${times(10, (i) => `$f${i} = comm == "process${i}"; @z[${i}] = count();`)} ${times(10, (i) => `if ($f${i}) { @[${i}] = count(); }`)} }`,
    6000,
  ],
  ["many long texts", `begin { ${times(100, (i) => `@[str(${i})] = count();`)} }`, 15_000],
];

for (const [title, text, most] of SCRIPTS) {
  test(`the verifier's way through ${title}`, async (t) => {
    if (!needsFeature(t, "raw tracepoints")) return;
    const verified = await verifiedInstructions(text);
    assert.ok(verified <= most, `${verified} instructions, ${most} are expected at most`);
  });
}

test("a statement with more than there is memory for is refused at its block", async (t) => {
  if (!needsFeature(t, "BTF")) return;
  const text = `begin { @x = 1; }\nbegin { print((${times(40, (i) => `str(${i}),`).slice(0, -1)})); }`;
  await assert.rejects(
    verifiedInstructions(text),
    /^SourceError: verified\.bt:2:1: this block's .* need \d+ bytes/,
  );
});

const directory = packageFile("bench", "scripts");
for (const file of readdirSync(directory)) {
  test(`the verifier's way through bench/scripts/${file}`, async (t) => {
    if (!needsFeature(t, "tracepoints")) return;
    const verified = await verifiedInstructions(readFileSync(`${directory}/${file}`, "utf8"));
    assert.ok(verified <= 12_000, `${verified} instructions, 12,000 are expected at most`);
  });
}
