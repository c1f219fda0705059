// trace(): scripts from TypeScript.
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { SourceError } from "../../src/source/source-error.ts";
import { trace } from "../../src/trace.ts";
import { needsFeature } from "./needs-feature.ts";

test("what a script tells comes as values, and the loop ends with it", async () => {
  using t = await trace(
    'begin { printf("%d %s\\n", 5, "x"); print((1, "y")); @[1, "a"] = 2; print(@); exit(7); }',
  );
  const told = [];
  for await (const event of t) told.push(event);
  assert.equal(await t.ended, 7);
  const [printed, value, map] = told.filter(({ kind }) => kind !== "attached");
  assert.deepEqual(printed, { kind: "printf", text: "5 x\n", values: [5, "x"] });
  assert.deepEqual(value, { kind: "value", value: [1, "y"] });
  assert.deepEqual(map, { kind: "map", name: "@", entries: new Map([[[1n, "a"], 2n]]) });
});

test("maps are read while a script runs, and stop() ends it with its end blocks", async () => {
  using t = await trace("interval:ms:1 { @ticks++; @by[cpu] = count(); } end { print(5); }");
  while (((t.map("@ticks").get(undefined) as bigint | undefined) ?? 0n) < 3n)
    await new Promise((done) => setTimeout(done, 5));
  assert.equal(t.map("@by").size, 1);
  t.stop();
  const kinds = [];
  for await (const event of t) kinds.push(event.kind);
  assert.ok(kinds.includes("value"));
  assert.throws(() => t.map("@ticks"), { code: "CLOSED" });
});

test("a signal ends a script, and begins none that was aborted before", async () => {
  const script = "interval:ms:1 { @ = 1; } end { print(7); }";
  const controller = new AbortController();
  using t = await trace(script, { signal: controller.signal });
  controller.abort();
  const values = [];
  for await (const event of t) if (event.kind === "value") values.push(event.value);
  assert.deepEqual(values, [7]);
  // Now it is in the cache.
  await assert.rejects(trace(script, { signal: controller.signal }), { name: "AbortError" });
});

test("a script with errors is refused with all of them", async () => {
  await assert.rejects(trace("begin { print(x1); print(x2); }"), (error: SourceError) => {
    assert.deepEqual(
      error.diagnostics.map(({ message }) => message),
      ["Unknown identifier: 'x1'", "Unknown identifier: 'x2'"],
    );
    return error instanceof SourceError;
  });
});

test("a probe that may be missing is a warning of the process", async (t) => {
  if (!needsFeature(t, "uprobes")) return;
  const warned = once(process, "warning");
  using traced = await trace(
    'config = { missing_probes = "warn" } uprobe:/bin/sh:no_such_function_at_all { } begin { print(1); exit(); }',
  );
  assert.equal(await traced.ended, 0);
  const [{ code, message }] = await warned;
  assert.equal(code, "BCC_TS_PROBE");
  assert.match(message, /no_such_function_at_all/);
});

test("a probe that cannot be attached is an error of trace() itself", async () => {
  await assert.rejects(trace("uprobe:/bin/sh:no_such_function_at_all { }"), { code: "ATTACH" });
});
