import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { UnsupportedError } from "../../src/errors.ts";
import { checkFeature, checkFeatures, requireFeature } from "../../src/kernel/features.ts";
import { needsFeature } from "./needs-feature.ts";

test("every feature is reported, with a remedy where it is missing", () => {
  const reports = checkFeatures();
  assert.ok(reports.length >= 16);
  assert.equal(new Set(reports.map((report) => report.name)).size, reports.length);
  for (const report of reports) {
    assert.ok(report.detail.length > 0, report.name);
    assert.equal(report.remedy === undefined, report.available, report.name);
  }
});

test("reports agree with what the kernel shows elsewhere", () => {
  assert.equal(checkFeature("BTF").available, existsSync("/sys/kernel/btf/vmlinux"));
  assert.equal(checkFeature("kprobes").available, existsSync("/sys/bus/event_source/devices/kprobe"));
  assert.equal(checkFeature("permission").available, true, "kernel tests are run as root");
});

for (const name of ["raw tracepoints", "ring buffer", "map batches", "perf event links", "BTF"] as const) {
  test(`this kernel has ${name}`, (t) => {
    if (needsFeature(t, name)) requireFeature(name);
  });
}

for (const name of ["kprobes", "kprobe.multi", "fentry"] as const) {
  test(`${name}: there, or an error that says why not`, (t) => {
    if (!checkFeature(name).available) {
      assert.throws(
        () => requireFeature(name),
        (error: unknown) => {
          assert.ok(error instanceof UnsupportedError);
          assert.equal(error.feature, name);
          assert.ok(error.hint);
          return true;
        },
      );
    }
    if (needsFeature(t, name)) requireFeature(name);
  });
}

test("trying features leaves nothing behind", async () => {
  const { readdirSync } = await import("node:fs");
  checkFeatures();
  const before = readdirSync("/proc/self/fd").length;
  for (let i = 0; i < 3; i++) checkFeatures();
  assert.equal(readdirSync("/proc/self/fd").length, before);
});
