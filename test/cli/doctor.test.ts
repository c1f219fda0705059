import assert from "node:assert/strict";
import { release } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { checkFeatures } from "../../src/kernel/features.ts";
import { runCli } from "../cli-process.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

interface Report {
  readonly kernel: string;
  readonly features: readonly {
    readonly name: string;
    readonly available: boolean;
    readonly since?: string;
    readonly detail: string;
    readonly remedy?: string;
  }[];
}

const directory = temporaryDirectory("doctor");

test("doctor tells the same as text and as JSON, and what the trials say", async () => {
  const [text, json] = await Promise.all([runCli(["doctor"]), runCli(["doctor", "-f", "json"])]);
  assert.equal(text.stderr + json.stderr, "");
  const report = JSON.parse(String(json.stdout)) as Report;
  assert.equal(report.kernel, release());
  assert.equal(json.status, text.status);
  const lines = String(text.stdout).split("\n");
  assert.equal(lines[0], `Linux ${release()}`);
  for (const { name, available, detail, remedy } of report.features) {
    const line = lines.findIndex((each) => each.startsWith(`${available ? "yes" : "no "}  ${name} `));
    assert.ok(line > 0, name);
    assert.ok(lines[line]?.includes(detail.split("\n")[0] ?? ""), name);
    if (!available) {
      assert.ok(remedy, `${name} has no remedy`);
      assert.ok(lines[line + 1]?.includes(`hint: ${remedy}`), name);
    }
  }
  const told = new Map(report.features.map(({ name, available }) => [name, available]));
  for (const { name, available } of checkFeatures()) assert.equal(told.get(name), available, name);
  assert.ok(told.has("clang") && told.has("microVM"));
});

test("doctor without a clang fails, and says how to get one", async () => {
  const env = { BCC_TS_CLANG: join(directory, "no-clang") };
  const { status, stdout } = await runCli(["doctor"], { env });
  assert.equal(status, 1);
  assert.match(String(stdout), /^no {3}clang .*no-clang.*\n +hint: /m);
});

test("doctor without guest kernels says how to get them, and that is no failure of this machine", async () => {
  const plain = await runCli(["doctor"]);
  const { status, stdout } = await runCli(["doctor"], { env: { BCC_TS_KERNELS: directory } });
  assert.equal(status, plain.status);
  assert.match(String(stdout), /^no {3}microVM +no guest kernel\n +hint: .*setup/m);
});
