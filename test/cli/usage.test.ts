// What the command line says of itself, and of what it does not understand.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageFile } from "../../src/package-root.ts";
import { runCli } from "../cli-process.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const directory = temporaryDirectory("usage");

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

for (const words of [[], ["run"], ["doctor"], ["vm"], ["vm", "run"]]) {
  test(`bcc-ts ${words.join(" ")} --help has an example`, async () => {
    const { status, stdout, stderr } = await runCli([...words, "--help"]);
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(String(stdout), /^Usage: bcc-ts/);
    assert.match(String(stdout), /^Examples?:\n {2}\$ bcc-ts /m);
    for (const line of String(stdout).split("\n")) assert.ok(line.length <= 120, line);
  });
}

test("--version is the package's", async () => {
  const { version } = JSON.parse(readFileSync(packageFile("package.json"), "utf8")) as { version: string };
  const { status, stdout } = await runCli(["--version"]);
  assert.deepEqual([status, String(stdout)], [0, `${version}\n`]);
});

const C_FILE = file("nothing.c", "BPF_HASH(unused, u32, u64);\n");
const FACTS = file("facts.json", "{}");

const WRONG: readonly (readonly [what: string, words: readonly string[], message: RegExp])[] = [
  ["an unknown command", ["rnu", "x.ts"], /unknown command 'rnu'[\s\S]*Did you mean run/],
  [
    "an unknown option",
    ["run", "--dryrun", C_FILE],
    /unknown option '--dryrun'[\s\S]*Did you mean --dry-run/,
  ],
  ["no file", ["run"], /missing required argument 'file'/],
  ["no command in the guest", ["vm", "run"], /missing required argument 'command'/],
  ["a file that is not there", ["run", "no-such.ts"], /there is no file no-such\.ts/],
  ["a file that is not there, with an option", ["run", "--dry-run", "no-such.c"], /there is no file/],
  ["a directory", ["run", directory], /is a directory/],
  ["facts that are not there", ["run", "--facts", "none.json", "--emit", "c", C_FILE], /no file none\.json/],
  ["a file of another kind", ["run", file("x.txt", "")], /x\.txt: only \.ts, \.js and \.c files/],
  ["an unknown thing to emit", ["run", "--emit", "asm", C_FILE], /asm/],
  ["an unknown format", ["run", "-f", "xml", C_FILE], /xml/],
  ["an unknown format of the doctor", ["doctor", "-f", "xml"], /xml/],
  ["facts without --emit", ["run", "--facts", FACTS, C_FILE], /--facts needs --emit[\s\S]*^hint: /m],
  ["a time limit that is none", ["vm", "run", "--timeout", "soon", "true"], /--timeout/],
];

for (const [what, words, message] of WRONG) {
  test(`${what} ends with status 2`, async () => {
    const { status, stdout, stderr } = await runCli(words);
    assert.equal(status, 2, stderr);
    assert.match(stderr, message);
    assert.equal(String(stdout), "");
    assert.doesNotMatch(stderr, /^ +at /m, "no stack of ours");
  });
}

test("without words the help is an error", async () => {
  const { status, stderr } = await runCli([]);
  assert.equal(status, 2);
  assert.match(stderr, /^Usage: bcc-ts/);
});
