import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { findKernel } from "../../../src/vm/kernel-directory.ts";
import { VmError } from "../../../src/vm/vm-error.ts";
import { guestTask, type VmOptions } from "../../../src/vm/vm-options.ts";

const base = realpathSync(mkdtempSync(join(tmpdir(), "bcc-ts-options-")));
after(() => rmSync(base, { recursive: true }));

const refusals: readonly (readonly [title: string, options: Partial<VmOptions>])[] = [
  ["no command", { command: [] }],
  ["an empty command", { command: [""] }],
  ["a zero byte in an argument", { command: ["a", "b\0c"] }],
  ["a variable with an equals sign", { env: { "A=B": "c" } }],
  ["a variable without a name", { env: { "": "c" } }],
  ["a zero byte in a variable", { env: { A: "b\0c" } }],
  ["a relative working directory", { cwd: "here" }],
  ["a writable file", { writable: ["/etc/passwd"] }],
  ["a writable root", { writable: ["/"] }],
  ["a writable directory that is not there", { writable: [join(base, "missing")] }],
];

for (const [title, options] of refusals)
  test(`refused: ${title}`, () => {
    const attempt = () => guestTask({ command: ["true"], ...options });
    assert.throws(attempt, (error) => error instanceof VmError && error.code === "VM_OPTION");
  });

test("a bare name is searched along the guest's PATH", () => {
  const [first, second] = ["first", "second"].map((name) => join(base, name)) as [string, string];
  mkdirSync(join(first, "tool"), { recursive: true }); // a directory is no program
  mkdirSync(second);
  writeFileSync(join(second, "tool"), "#!/bin/sh\n", { mode: 0o755 });
  const env = { PATH: `${first}:${second}` };
  assert.deepEqual(guestTask({ command: ["tool", "x"], env }).command, [join(second, "tool"), "x"]);
  assert.deepEqual(guestTask({ command: ["absent"], env }).command, [join(first, "absent")]);
  assert.deepEqual(guestTask({ command: ["./tool"], env }).command, ["./tool"]);
});

test("writable directories are resolved, sorted and named once", () => {
  const path = join(base, "w");
  mkdirSync(join(path, "inner"), { recursive: true });
  symlinkSync(path, join(base, "a-link"));
  const writable = [join(path, "inner"), join(base, "a-link"), path];
  assert.deepEqual(guestTask({ command: ["true"], writable }).writable, [path, join(path, "inner")]);
});

test("a kernel that was not brought is an error with its remedy", () => {
  process.env.BCC_TS_KERNELS = base;
  mkdirSync(join(base, "5.10"));
  writeFileSync(join(base, "5.10/vmlinux"), "");
  writeFileSync(join(base, "5.10/release"), "5.10.0-1-amd64\n");
  assert.equal(findKernel("5.10").release, "5.10.0-1-amd64");
  assert.throws(
    () => findKernel("9.9"),
    (error) => error instanceof VmError && error.code === "VM_MISSING" && /setup/.test(error.hint ?? ""),
  );
});
