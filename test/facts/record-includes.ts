/**
 * Records which kernel headers bring in those that definitions of bpf/bcc ask for, out of installed headers
 * (`apt-get install linux-headers-amd64`). Conditions around an #include do not count: whoever includes a
 * header may be given what it can bring.
 *
 *   node dist/test/facts/record-includes.js /usr/src/linux-headers-*-common /usr/src/linux-headers-*-amd64
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { definitionsOf } from "../../src/languages/bcc/definitions.ts";
import { packageFile } from "../../src/package-root.ts";

const FILES = ["constants.h", "inlines.h", "attributes.h"];
const FOLDERS = ["linux", "net", "uapi/linux"];
const roots = process.argv.slice(2);
if (roots.length === 0) throw new Error("usage: record-includes HEADERS...");

const include = ["include", "arch/x86/include", "arch/x86/include/generated", "include/uapi"];
const places = roots.flatMap((root) => include.map((part) => join(root, part)));
const direct = new Map<string, readonly string[]>();
const wanted = new Set(FILES.flatMap(definitionsOf).flatMap(({ headers }) => headers));
const found: Record<string, string[]> = Object.fromEntries([...wanted].sort().map((name) => [name, []]));
for (const header of FOLDERS.flatMap(headersIn)) {
  for (const reached of closure(header)) if (reached !== header) found[reached]?.push(header);
}
writeFileSync(packageFile("bpf", "bcc", "includes.json"), `${JSON.stringify(found, null, 1)}\n`);
for (const [name, from] of Object.entries(found)) console.log(`${name}: ${from.length} headers bring it`);

function headersIn(folder: string): string[] {
  const names = places.flatMap((place) =>
    existsSync(join(place, folder)) ? readdirSync(join(place, folder)) : [],
  );
  return [...new Set(names)]
    .filter((name) => name.endsWith(".h"))
    .map((name) => `${folder}/${name}`)
    .sort();
}

function closure(header: string): Set<string> {
  const seen = new Set([header]);
  for (const reached of seen) for (const next of includesOf(reached)) seen.add(next);
  return seen;
}

function includesOf(header: string): readonly string[] {
  let names = direct.get(header);
  if (names === undefined) {
    const path = places.map((place) => join(place, header)).find((candidate) => existsSync(candidate));
    const text = path === undefined ? "" : readFileSync(path, "utf8");
    names = [...text.matchAll(/^\s*#\s*include\s*<([^>]+)>/gm)].map(([, name = ""]) => name);
    direct.set(header, names);
  }
  return names;
}
