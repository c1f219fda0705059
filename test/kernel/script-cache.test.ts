import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { buildScript } from "../../src/build-script.ts";
import { liveFacts } from "../../src/kernel/live-facts.ts";
import type { ScriptBuildOptions } from "../../src/script-build-options.ts";
import { liveScriptWorld } from "../../src/script-world.ts";
import { SourceText } from "../../src/source/source-text.ts";

const directory = mkdtempSync(join(tmpdir(), "bcc-ts-test-"));
process.env.BCC_TS_CACHE = directory;
after(() => rmSync(directory, { recursive: true }));

const TEXT = `struct point { int x; };
tracepoint:raw_syscalls:sys_* { @[comm, $1] = lhist(args.id, 0, 100, 10); }
begin { printf("%s %d\\n", "there", $1); print(((struct point *)0)->x); @s = stats(5); }`;

const build = (given: Partial<ScriptBuildOptions> = {}, parameters: readonly string[] = ["7"]) => {
  const warn = (message: string) => assert.fail(message);
  const world = { ...liveScriptWorld({ parameters }), ...given.world };
  const options = { facts: liveFacts(), environment: {}, warn, ...given, world };
  return buildScript(new SourceText("cached.bt", TEXT), options);
};

test("what was made of a script is taken again, whole", async () => {
  const made = await build();
  const again = await build();
  assert.deepEqual([made.fromCache, again.fromCache], [false, true]);
  assert.deepEqual(JSON.parse(JSON.stringify(made.description)), again.description);
  assert.deepEqual(Buffer.from(again.object), Buffer.from(made.object));
  assert.deepEqual(again.warnings, made.warnings);
});

test("another parameter, setting or option is another script", async () => {
  assert.equal((await build({}, ["8"])).fromCache, false);
  assert.equal((await build({ environment: { BPFTRACE_MAX_STRLEN: "100" } })).fromCache, false);
  assert.equal((await build({ helperErrors: true })).fromCache, false);
  assert.equal((await build()).fromCache, true);
});

test("a machine that answers otherwise gets a compilation of its own", async () => {
  const live = liveFacts();
  const fewer = Object.assign(Object.create(null), {
    release: live.release,
    versionCode: live.versionCode,
    architecture: live.architecture,
    identity: live.identity,
    btf: live.btf,
    config: (option: string) => live.config(option),
    hasSymbol: (name: string) => live.hasSymbol(name),
    tracepointFormat: (category: string, event: string) => live.tracepointFormat(category, event),
    tracepoints: (category?: string) => live.tracepoints(category).filter((name) => name !== "sys_exit"),
  }) as ScriptBuildOptions["facts"];
  assert.equal((await build()).fromCache, true);
  const { fromCache, description } = await build({ facts: fewer });
  assert.equal(fromCache, false);
  assert.equal(description.probes.length, 2);
  assert.equal((await build()).fromCache, false);
});
