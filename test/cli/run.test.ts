// Scripts and C files from the command line: exit statuses, errors, and what is left when it is interrupted.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageFile } from "../../src/package-root.ts";
import { runCli, startCli } from "../cli-process.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const directory = temporaryDirectory("run");

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

interface Case {
  readonly title: string;
  readonly name: string;
  readonly text: string;
  readonly words?: readonly string[];
  readonly status: number;
  readonly stdout?: string;
  readonly stderr?: RegExp;
}

const CASES: readonly Case[] = [
  {
    title: "a script gets its arguments and sees itself as the program",
    name: "words.ts",
    text: `const words: string[] = process.argv.slice(1); console.log(JSON.stringify(words));`,
    words: ["--", "--port", "1 2", "", "-x"],
    status: 0,
    stdout: `${JSON.stringify([join(directory, "words.ts"), "--port", "1 2", "", "-x"])}\n`,
  },
  {
    title: "words need no -- where they are no options",
    name: "bare-words.mjs",
    text: `console.log(process.argv.slice(2).join(","));`,
    words: ["a", "b"],
    status: 0,
    stdout: "a,b\n",
  },
  { title: "a script's own status", name: "status.ts", text: `process.exitCode = 3;`, status: 3 },
  { title: "process.exit", name: "exit.ts", text: `process.exit(7);`, status: 7 },
  {
    title: "an error of the script's own has its stack, at the script's line",
    name: "throws.ts",
    text: `interface Unused { a: number }\nconst x: number = 1;\nthrow new Error(\`mine \${x}\`);`,
    status: 1,
    stderr: /Error: mine 1\n +at .*throws\.ts/,
  },
  {
    title: "an error in the C text is drawn at its line, without a stack",
    name: "c-error.ts",
    text: `import { load } from "bcc-ts";
using bpf = await load(\`BPF_HASH(calls, u32, u64);
RAW_TRACEPOINT_PROBE(sys_enter) { return cals.size; }\`, { name: "inner.c" });`,
    status: 1,
    stderr: /^inner\.c:2:\d+: error: .*'cals'(?![\s\S]* at )/m,
  },
  {
    title: "all errors of a C file in one go",
    name: "errors.c",
    text: `BPF_HASH(calls, u32, u64);
RAW_TRACEPOINT_PROBE(sys_enter)
{
	int a = undeclared_one;
	return undeclared_two;
}
`,
    status: 1,
    stderr: /errors\.c:4:10: error: .*undeclared_one[\s\S]*errors\.c:5:9: error: .*undeclared_two/,
  },
  {
    title: "TypeScript that is none is an error of the script",
    name: "syntax.ts",
    text: "const = 1;",
    status: 1,
    stderr: /syntax\.ts/,
  },
  {
    title: "an import that is not there",
    name: "import.ts",
    text: `import "./no-such.js";`,
    status: 1,
    stderr: /no-such/,
  },
];

for (const { title, name, text, words = [], status, stdout = "", stderr = /^$/ } of CASES) {
  test(title, async () => {
    const ended = await runCli(["run", file(name, text), ...words]);
    assert.equal(ended.status, status, ended.stderr);
    assert.equal(String(ended.stdout), stdout);
    assert.match(ended.stderr, stderr);
  });
}

test("a script may import other files, TypeScript too, and is run again from the cache", async () => {
  file("part.ts", `export const twice = (n: number): number => 2 * n;`);
  const path = file("whole.ts", `import { twice } from "./part.ts"; console.log(twice(21));`);
  const env = { BCC_TS_CACHE: join(directory, "cache") };
  for (let round = 0; round < 2; round++) {
    assert.equal(String((await runCli(["run", path], { env })).stdout), "42\n");
  }
  assert.ok(readdirSync(join(directory, "cache", "scripts")).length > 0);
  file("part.ts", `export const twice = (n: number): number => 2 * n + 1;`);
  assert.equal(String((await runCli(["run", path], { env })).stdout), "43\n", "a changed file is read again");
});

for (const name of readdirSync(packageFile("examples")).filter((n) => n.endsWith(".ts") && n !== "demo.ts")) {
  test(`examples/${name} is translated and compiled`, async () => {
    const { status, stdout, stderr } = await runCli([
      "run",
      "--emit",
      "object",
      packageFile("examples", name),
    ]);
    assert.equal(status, 0, stderr);
    assert.equal(stdout.toString("latin1", 0, 4), "\x7fELF");
  });
}

/** A text on which clang works for about a second, each time another. */
const slowText = () => {
  const sums = Array.from({ length: 6000 }, (_, i) => `sum = sum * ${i + 3} + (sum >> ${i % 13});`);
  return `RAW_TRACEPOINT_PROBE(sys_enter)
{
	u64 sum = bpf_ktime_get_ns(); // ${Math.random()}
	${sums.join("\n\t")}
	return sum;
}
`;
};

for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
  test(`${signal} while clang works leaves no clang and no file`, async () => {
    const temporary = mkdtempSync(join(directory, "tmp-"));
    const cache = mkdtempSync(join(directory, "cache-"));
    const path = file(`slow-${signal}.c`, slowText());
    using cli = startCli(["run", path], { env: { TMPDIR: temporary, BCC_TS_CACHE: cache } });
    const clangs = await clangOf(cli.pid);
    const ended = await cli.end(signal);
    assert.deepEqual([ended.status, ended.signal], [null, signal], ended.stderr);
    await Promise.all(clangs.map(isGone));
    assert.deepEqual(readdirSync(temporary), []);
    assert.deepEqual(
      readdirSync(cache, { recursive: true }).filter((name) => /\./.test(String(name))),
      [],
    );
  });
}

/** The clang processes of a process, once there is one. */
async function clangOf(pid: number): Promise<number[]> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
      .split(" ")
      .filter(Boolean)
      .map(Number);
    const clangs = children.filter((child) => commandOf(child).includes("clang"));
    if (clangs.length > 0) return clangs;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.fail("no clang was started");
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return "";
    throw error;
  }
}

async function isGone(pid: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (commandOf(pid).includes("clang")) {
    assert.ok(Date.now() < deadline, `clang ${pid} still runs`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
