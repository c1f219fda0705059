import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { release } from "node:os";
import { test } from "node:test";
import { UnsupportedError } from "../../src/errors.ts";
import { INFERABLE_OPTIONS, inferConfig } from "../../src/facts/infer-config.ts";
import { liveFacts } from "../../src/kernel/live-facts.ts";

const facts = liveFacts();

test("identity costs no reading of types", () => {
  const times = Array.from({ length: 5 }, () => {
    const begin = performance.now();
    assert.match(liveFacts().identity, /^[0-9a-f]{64}$/);
    return performance.now() - begin;
  });
  const limit = process.env.BCC_TS_TEST_GUEST === undefined ? 2 : 20; // Reading the types takes 200 there.
  assert.ok(Math.min(...times) < limit, `${times}`);
});

test("the running kernel by its release", () => {
  assert.equal(facts.release, release());
  const [major, minor] = release().split(".").map(Number);
  assert.equal(facts.versionCode >> 16, major);
  assert.equal((facts.versionCode >> 8) & 0xff, minor);
  assert.equal(facts.architecture, spawnSync("uname", ["-m"], { encoding: "utf8" }).stdout.trim());
});

test("types of the running kernel", () => {
  const task = facts.btf.find("struct", "task_struct") ?? assert.fail("no task_struct");
  assert.ok(facts.btf.sizeOf(task) > 1000);
  assert.equal(facts.btf.enumerator("BPF_MAP_TYPE_HASH")?.value, 1n);
});

test("symbols of the running kernel", () => {
  assert.equal(facts.hasSymbol("vfs_read"), true);
  assert.equal(facts.hasSymbol("no_such_function_anywhere"), false);
  assert.equal(facts.hasSymbol("fs_read"), false);
});

// A kernel that hides its options is one for which they are inferred.
const hasConfig = ["/proc/config.gz", `/boot/config-${release()}`, `/lib/modules/${release()}/config`].some(
  existsSync,
);

test("inferred options agree with the configuration", {
  skip: !hasConfig && "no configuration to compare with",
}, () => {
  for (const option of INFERABLE_OPTIONS) {
    const real = facts.config(option) === "m" ? "y" : facts.config(option);
    const inferred = inferConfig(option, facts);
    // Variables are among the symbols only with CONFIG_KALLSYMS_ALL, so a sign may be missing, never wrong.
    if (facts.config("KALLSYMS_ALL") === "y" || inferred !== undefined) assert.equal(inferred, real, option);
  }
});

test("formats of tracepoints", () => {
  try {
    assert.match(facts.tracepointFormat("sched", "sched_switch") ?? "", /^name: sched_switch\n/);
    assert.equal(facts.tracepointFormat("sched", "no_such_event"), undefined);
    assert.equal(facts.tracepointFormat("..", "tracing"), undefined);
    assert.ok(facts.tracepoints().includes("sched"));
    assert.ok(facts.tracepoints("sched").includes("sched_switch"));
  } catch (error) {
    // Not mounted: then the remedy must be said.
    if (!(error instanceof UnsupportedError)) throw error;
    assert.match(error.hint ?? "", /mount -t tracefs/);
  }
});
