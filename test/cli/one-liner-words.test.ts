// The command line of one-liners: what words mean, and which words are theirs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type OneLinerOptions, readWords } from "../../src/cli/one-liner/words.ts";
import { isOneLiner } from "../../src/cli/one-liner-words.ts";

const meanings: readonly (readonly [string[], Partial<OneLinerOptions>])[] = [
  [["-e", "begin { }", "1", "x"], { programs: ["begin { }"], parameters: ["1", "x"], file: undefined }],
  [["-e", "a", "-e", "b"], { programs: ["a", "b"] }],
  [
    ["tool.bt", "10", "--", "--all", "-x", "--n=3"],
    { file: "tool.bt", parameters: ["10", "-x"], named: ["--all", "--n=3"] },
  ],
  [["-", "-q"], { file: "-", quiet: true }],
  [["-lv", "t:sched:*"], { list: true, verbose: true, file: "t:sched:*" }],
  [["-p12", "-e", "x"], { pid: 12, programs: ["x"] }],
  [
    ["-f", "json", "-o", "out", "-B", "full", "-c", "ls /", "x.bt"],
    { format: "json", output: "out", buffering: "full", command: "ls /" },
  ],
  [
    ["--output=out", "--unsafe", "--no-warnings", "--dry-run", "x.bt"],
    { output: "out", unsafe: true, warnings: false, dryRun: true },
  ],
  [["-kk", "-d", "c", "x.bt"], { helperErrors: 2, showCode: true }],
  [["--verify-llvm-ir", "--probe-filter", "^i:", "x.bt"], { file: "x.bt", probeFilter: "^i:" }],
  [
    ["-I", "a", "-Ib", "--include", "c.h", "x.bt"],
    { includeDirectories: ["a", "b"], includes: ["c.h"], file: "x.bt" },
  ],
  [
    ["--test", "--no-feature", "kprobe_multi,uprobe_multi", "--usdt-file-activation", "x.bt"],
    { mode: "test", noFeatures: ["kprobe_multi", "uprobe_multi"], file: "x.bt" },
  ],
  [["--bench", "x.bt"], { mode: "bench" }],
  [["--info"], { info: true, format: "text", warnings: true, buffering: undefined }],
];

for (const [words, expected] of meanings) {
  test(words.join(" "), () => {
    const options = readWords(words);
    for (const [name, value] of Object.entries(expected))
      assert.deepEqual(options[name as keyof OneLinerOptions], value, name);
  });
}

const wrong: readonly (readonly [string[], string])[] = [
  [["-p", "a1111"], "Failed to parse pid: invalid integer: a1111"],
  [["-p", "111a1"], "Failed to parse pid: invalid trailing bytes: 111a1"],
  [["-p", "0"], "Failed to parse pid: pid 0 out of valid pid range [1,4194304]"],
  [["-e"], "option requires an argument -- 'e'"],
  [["-z"], "invalid option -- 'z'"],
  [["--nonsense"], "unrecognized option '--nonsense'"],
  [["--include"], "option '--include' requires an argument"],
  [["-d", "ast", "x.bt"], "-d knows c, not ast"],
  [["--test", "--bench", "x.bt"], "--test and --bench cannot be used at once"],
  [["--no-feature", "x"], "--no-feature knows kprobe_multi, kprobe_session, uprobe_multi, not x"],
  [["-f", "xml"], "-f knows text, json, not xml"],
  [["--probe-filter", "[x"], "Invalid --probe-filter regex: "],
];

for (const [words, message] of wrong) {
  test(`${words.join(" ")} is refused`, () => {
    assert.throws(
      () => readWords(words),
      (error: Error) => error.message.startsWith(message),
    );
  });
}

const whose: readonly (readonly [string[], calledAs: string, ours: boolean])[] = [
  [["-e", "x"], "bcc-ts", true],
  [["-l"], "bcc-ts", true],
  [["-"], "bcc-ts", true],
  [["/proc/self/status"], "bcc-ts", true],
  [["rnu"], "bcc-ts", false],
  [["run", "x.ts"], "bcc-ts", false],
  [["--help"], "bcc-ts", false],
  [[], "bcc-ts", false],
  [["--help"], "bpftrace", true],
  [["run"], "bpftrace", true],
];

for (const [words, calledAs, ours] of whose) {
  test(`${calledAs} ${words.join(" ")} is ${ours ? "" : "not "}a one-liner`, () => {
    assert.equal(isOneLiner(words, calledAs), ours);
  });
}
