import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { compileObject } from "../../../src/compile/c-front-end.ts";
import { ClangSession } from "../../../src/compile/clang-session.ts";
import { findClang } from "../../../src/compile/find-clang.ts";
import { SourceError } from "../../../src/source/source-error.ts";
import { SourceText } from "../../../src/source/source-text.ts";

// Only the package's clang is started ahead of its text. With another one the same must come out.
const ahead = findClang().origin === "clang-wasm" ? 1 : 0;
const code = "int f(void) { return 1; }\n";
const source = new SourceText("program.c", code);

/** The processes that this one has started and that still run. */
function childCount(): number {
  return readdirSync(`/proc/${process.pid}/task`)
    .flatMap((task) => readFileSync(`/proc/${process.pid}/task/${task}/children`, "utf8").split(" "))
    .filter((pid) => pid !== "").length;
}

async function untilNoChild(): Promise<void> {
  for (let waited = 0; childCount() > 0; waited += 10) {
    assert.ok(waited < 10_000, "a clang goes on running");
    await delay(10);
  }
}

test("a clang that was started ahead gets the text", async () => {
  const session = new ClangSession({});
  session.start("object");
  session.start("object");
  assert.equal(childCount(), ahead);
  const early = await compileObject(code, source, session);
  const late = await compileObject(code, source, session);
  assert.deepEqual(early, late);
  session.close();
  await untilNoChild();
});

test("its messages come as they would", async () => {
  const session = new ClangSession({});
  session.start("object");
  const wrong = '#line 1 "program.c"\nint f(void) { return missing; }\n';
  await assert.rejects(compileObject(wrong, new SourceText("program.c", wrong), session), SourceError);
  session.close();
});

test("one that gets no text is ended", async () => {
  const session = new ClangSession({});
  session.start("tree");
  session.start("object");
  assert.equal(childCount(), 2 * ahead);
  session.close();
  await untilNoChild();
});

test("an abort ends it, text or not", async () => {
  const stop = new AbortController();
  const session = new ClangSession({}, stop.signal);
  session.start("object");
  stop.abort();
  await assert.rejects(compileObject(code, source, session), { name: "AbortError" });
  await untilNoChild();
});
