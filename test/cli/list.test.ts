// bcc-ts -l and --info on this machine.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runCli } from "../cli-process.ts";
import { needsFeature } from "../kernel/needs-feature.ts";

const lines = async (...words: string[]) => {
  const { status, stdout, stderr } = await runCli(words);
  assert.deepEqual([status, stderr], [0, ""]);
  return String(stdout).split("\n").slice(0, -1);
};

test("types of the kernel, with and without members", async (t) => {
  if (!needsFeature(t, "BTF")) return;
  assert.deepEqual(await lines("-l", "struct path"), ["struct path"]);
  const whole = ["struct path {", "\tstruct vfsmount *mnt;", "\tstruct dentry *dentry;", "};"];
  assert.deepEqual(await lines("-lv", "struct path"), whole);
  assert.ok((await lines("-lv", "enum bpf_map_type")).includes("\tBPF_MAP_TYPE_HASH = 1,"));
});

test("events, by all their names", async (t) => {
  if (!needsFeature(t, "BTF")) return;
  assert.deepEqual(await lines("-l", "s:cpu-clock"), ["software:cpu-clock:"]);
  assert.deepEqual(await lines("-l", "rt:sched_process_exec"), ["rawtracepoint:vmlinux:sched_process_exec"]);
  assert.deepEqual(await lines("-l", "rawtracepoint:vmlinu*:sched_process_exec"), [
    "rawtracepoint:vmlinux:sched_process_exec",
  ]);
  assert.deepEqual(await lines("-l", "tracepoint:nonsense:*"), []);
});

test("tracepoints with their fields", async (t) => {
  if (!needsFeature(t, "tracepoints")) return;
  const found = await lines("-lv", "t:sched:sched_process_wait");
  assert.equal(found[0], "tracepoint:sched:sched_process_wait");
  assert.ok(found.includes("    pid_t pid"), found.join("\n"));
  assert.ok(!found.some((line) => line.includes("common_")));
  assert.ok((await lines("-l", "*sched_process_wai?")).includes("tracepoint:sched:sched_process_wait"));
});

test("arguments and the result of a function", async (t) => {
  if (!needsFeature(t, "BTF")) return;
  const found = await lines("-lv", "fexit:vfs_open");
  // Without trampolines the function may still be known by its types.
  if (found.length > 0)
    assert.deepEqual(found.slice(0, 3), [
      "fexit:vmlinux:vfs_open",
      "    const struct path * path",
      "    struct file * file",
    ]);
});

test("functions of a program", async () => {
  const found = await lines("-l", `uprobe:${process.execPath}:uv_run*`);
  assert.ok(found.includes(`uprobe:${process.execPath}:uv_run`), found.join("\n"));
});

test("--info answers yes or no", async (t) => {
  if (!needsFeature(t, "permission")) return;
  const found = await lines("--info");
  for (const name of ["btf", "Loop support", "kprobe_multi", "kprobe", "fentry", "iter"]) {
    assert.ok(
      found.some((line) => new RegExp(`^ {2}${name}: (yes|no)$`).test(line)),
      name,
    );
  }
});

test("several patterns with commas between them", async (t) => {
  if (!needsFeature(t, "tracepoints")) return;
  assert.deepEqual(await lines("-l", "t:sched:sched_process_exec, s:cpu-clock"), [
    "tracepoint:sched:sched_process_exec",
    "software:cpu-clock:",
  ]);
});
