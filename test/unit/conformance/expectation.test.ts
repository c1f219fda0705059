import assert from "node:assert/strict";
import { test } from "node:test";
import type { Expectation } from "../../conformance/conformance-case.ts";
import { unmet } from "../../conformance/expectation.ts";
import { forOlderRelease } from "../../conformance/older-release.ts";
import { readFeatures } from "../../conformance/tool-features.ts";

const OUTPUT = "Attached 1 probe\n  @a[1]: 2 \n{ .x = 1 }\n";

const met: readonly [Expectation, output: string, isMet: boolean][] = [
  [{ mode: "line", text: "@a[1]: 2" }, OUTPUT, true],
  [{ mode: "line", text: "@a[1]" }, OUTPUT, false],
  [{ mode: "line", text: "Attached 1 probe\n  @a[1]: 2" }, OUTPUT, true],
  [{ mode: "no_line", text: "@a[1]: 2" }, OUTPUT, false],
  [{ mode: "no_line", text: "@a" }, OUTPUT, true],
  [{ mode: "regex", text: "^Attached [0-9]+ probe$" }, OUTPUT, true],
  [{ mode: "regex", text: "{ .x = [0-9]+ }" }, OUTPUT, true],
  [{ mode: "regex", text: "^@a" }, OUTPUT, false],
  [{ mode: "no_regex", text: "probes" }, OUTPUT, true],
  [{ mode: "no_regex", text: "probe" }, OUTPUT, false],
  [{ mode: "file", text: "a.txt", content: "\n@a:\n x | 1\n" }, "Attached 1 probe\n@a:\n x | 1\n\n", true],
  [{ mode: "file", text: "a.txt", content: "@a:\n x | 1\n" }, "@a:\n x | 2\n", false],
  [{ mode: "json", text: "a.json", content: '{"a": {"b": 1,\n "c": 2}}' }, '{"a":{"c":2,"b":1}}\n', true],
  [{ mode: "json", text: "a.json", content: '{"a": [1, 2]}' }, '{"a":[2,1]}', false],
  [{ mode: "json", text: "a.json", content: "{}" }, "{}\n{}\n", false],
  [{ mode: "json", text: "a.ndjson", content: "{}\n[1]\n" }, "{}\n[1]\n", true],
  [{ mode: "json", text: "a.ndjson", content: "{}\n[1]\n" }, "{}\n", false],
];

for (const [expectation, output, isMet] of met) {
  test(`${expectation.mode} ${JSON.stringify(expectation.text)} is ${isMet ? "met" : "not met"}`, () => {
    assert.equal(unmet(expectation, output) === undefined, isMet);
  });
}

test("features are read from --info", () => {
  const features = readFeatures(
    "Kernel features\n  Loop support: yes\n  btf: yes\n  uprobe refcount (depends on x): no\nProbe types\n  kprobe: no\n  iter:task: yes\n",
  );
  const said = ["loop", "btf", "uprobe refcount", "kprobe", "iter", "dpath"].map(features);
  assert.deepEqual(said, [true, true, false, false, true, undefined]);
});

const rewritten: readonly [prog: string, probes: string[], older: string][] = [
  ["begin { print(1); }", ["begin"], "BEGIN { print(1); } i:ms:1 { exit(); }"],
  ["i:ms:1 { exit(); } end { print(1); }", ["interval", "end"], "i:ms:1 { exit(); } END { print(1); }"],
  ['begin{ print("begin") }', ["begin"], 'BEGIN{ print("begin") } i:ms:1 { exit(); }'],
];

for (const [prog, probes, older] of rewritten) {
  test(`for 0.17: ${prog}`, () => {
    const one = { suite: "s", name: "n", program: prog, tier: 1, prog, expects: [], before: [], timeout: 5 };
    const rest = { willFail: false, env: {}, requires: [], features: [], negFeatures: [], needs: [], probes };
    assert.equal(forOlderRelease({ ...one, ...rest }).prog, older);
  });
}
