// One-liners by their command line.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { runCli, startCli } from "../cli-process.ts";
import { needsFeature } from "../kernel/needs-feature.ts";

test("a script ends with the process that it traces", async (t) => {
  if (!needsFeature(t, "tracepoints")) return;
  const child = spawn("/bin/sleep", ["1000"]);
  try {
    const script =
      'tracepoint:raw_syscalls:sys_enter /pid == 1/ { @ = 1; } end { clear(@); printf("over\\n"); }';
    using cli = startCli(["-p", String(child.pid), "-e", script], {
      env: { __BPFTRACE_NOTIFY_PROBES_ATTACHED: "1" },
    });
    await cli.until("attached", () => cli.lines.some((line) => line.includes("PROBES_ATTACHED")));
    child.kill();
    const { status, stdout } = await cli.end();
    assert.equal(status, 0);
    assert.match(String(stdout), /^over$/m);
  } finally {
    child.kill("SIGKILL");
  }
});

for (const words of [[], ["-c", "sleep 1000"]]) {
  test(`a process that is not there is told ${words.join(" ")}`, async () => {
    const { status, stderr } = await runCli(["-p", "4194304", ...words, "-e", "begin { exit(); }"]);
    assert.deepEqual([status, stderr], [1, "ERROR: there is no process 4194304 to trace\n"]);
  });
}

test("an output file that cannot be opened is told", async () => {
  const { status, stderr } = await runCli(["-o", "/no/such/file", "-e", "begin { exit(); }"]);
  assert.deepEqual([status, stderr], [1, "ERROR: failed to open output file '/no/such/file': ENOENT\n"]);
});

test("what a variable of the environment may not be is told", async () => {
  const env = { BPFTRACE_MAX_STRLEN: "much", BPFTRACE_MISSING_PROBES: "error" };
  const { status, stderr } = await runCli(["-e", "begin { exit(); }"], { env });
  const message = "ERROR: BPFTRACE_MAX_STRLEN: Invalid value for max_strlen. Found: much.\n";
  assert.deepEqual([status, stderr], [1, message]);
});

test("of several programs the last is run, and that is told", async () => {
  const { status, stdout, stderr } = await runCli([
    "-e",
    "no script",
    "-e",
    'begin { printf("last\\n"); exit(); }',
  ]);
  assert.equal(status, 0);
  assert.match(String(stdout), /^last$/m);
  assert.match(stderr, /^WARNING: of several -e only the last is run/m);
});

test("more probes than the script allows are told before one is attached", async (t) => {
  if (!needsFeature(t, "tracepoints")) return;
  const env = { BPFTRACE_MAX_PROBES: "3" };
  const { status, stdout, stderr } = await runCli(["-e", "tracepoint:sched:* { @ = count(); }"], { env });
  assert.deepEqual([status, stdout.length], [1, 0]);
  assert.match(
    stderr,
    /^ERROR: With tracepoint:sched:\* the script has \d+ probes, more than max_probes allows, 3$/m,
  );
});

const TRIALS = `
  begin { @n = 5; }
  kprobe:no_such_function { }
  test:passes { print("quiet"); for ($i : 0..3) { if ($i == @n) { return 1; } } }
  test:exits_well { exit(); }
  test:returns { for ($i : 0..9) { if ($i == @n) { print("found"); return 1 << 40; } } }
  test:asserts { assert(@n == 6, "six"); }
  test:exits { exit(3); }
  bench:prints { printf("%d\\n", @n); }`;

test("tests are run, and those that fail are told", async (t) => {
  if (!needsFeature(t, "raw tracepoints")) return;
  const { status, stdout } = await runCli(["-q", "--test", "-e", TRIALS]);
  assert.equal(status, 1);
  const lines = String(stdout).replace(/ \(\d+ \w+\)$/gm, "");
  assert.match(lines, /^\[ RUN {6}\] passes\n\[ {7}OK \] passes\n/m);
  assert.match(lines, /^\[ {7}OK \] exits_well$/m);
  assert.match(lines, /^\[ RUN {6}\] returns\nfound\n\[ {2}FAILED {2}\] returns\n/m);
  assert.match(lines, /assert failed: six[\s\S]*\n\[ {2}FAILED {2}\] asserts\n/);
  assert.match(lines, /^\[ {2}PASSED {2}\] 2 tests\.\n\[ {2}FAILED {2}\] 3 tests, listed below:$/m);
});

test("blocks are measured, and what they print is not told", async (t) => {
  if (!needsFeature(t, "raw tracepoints")) return;
  const { status, stdout } = await runCli(["-q", "--bench", "-e", TRIALS]);
  assert.equal(status, 0);
  assert.match(String(stdout), /^Benchmark +Time\(ns\) +Iterations\n-+\nprints +[1-9]\d* +[1-9]\d*000\n\s*$/);
});
