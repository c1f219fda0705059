import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { compileObject } from "../../../src/compile/c-front-end.ts";
import { ClangSession } from "../../../src/compile/clang-session.ts";
import { CompilerError } from "../../../src/compile/compiler-error.ts";
import { findClang } from "../../../src/compile/find-clang.ts";
import { SourceText } from "../../../src/source/source-text.ts";

const code = "int f(void) { return 1; }\n";
const source = new SourceText("p.c", code);

/** Runs with BCC_TS_CLANG naming a script of the given text. */
async function withFakeClang(
  script: string,
  run: () => Promise<void>,
  versionNumber = "20.1.3",
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "bcc-ts-test-"));
  const path = join(directory, "clang");
  // Each of them says that it is new enough, so that what it does next is looked at.
  const [shebang = "", ...body] = script.split("\n");
  const version = `[ "$1" = --version ] && { echo "clang version ${versionNumber}"; exit 0; }`;
  writeFileSync(path, [shebang, version, ...body].join("\n"));
  chmodSync(path, 0o755);
  const before = process.env.BCC_TS_CLANG;
  process.env.BCC_TS_CLANG = path;
  try {
    await run();
  } finally {
    if (before === undefined) delete process.env.BCC_TS_CLANG;
    else process.env.BCC_TS_CLANG = before;
    rmSync(directory, { recursive: true });
  }
}

test("the package's clang is the default", () => {
  const clang = findClang({ PATH: "" });
  assert.equal(clang.origin, "clang-wasm");
});

test("it makes BPF objects", async () => {
  const object = await compileObject(code, source, new ClangSession({}));
  assert.equal(Buffer.from(object).readUInt16LE(18), 247, "the machine number of BPF");
});

test("BCC_TS_CLANG goes before it", () => {
  const clang = findClang({ BCC_TS_CLANG: process.execPath });
  assert.deepEqual([clang.origin, clang.path], ["BCC_TS_CLANG", process.execPath]);
});

test("BCC_TS_CLANG that names no program is an error", () => {
  assert.throws(() => findClang({ BCC_TS_CLANG: "/nonexistent/clang" }), {
    code: "COMPILER",
    message: /BCC_TS_CLANG names \/nonexistent\/clang/,
  });
});

test("a clang without the BPF target is told", async () => {
  const script =
    '#!/bin/sh\necho "error: unable to create target: \'No available targets are compatible with triple \\"bpf\\"\'" >&2\nexit 1\n';
  await withFakeClang(script, () =>
    assert.rejects(compileObject(code, source, new ClangSession({})), (error: CompilerError) => {
      assert.equal(error.message, "this clang was built without the BPF target");
      assert.match(error.hint ?? "", /--print-targets/);
      return true;
    }),
  );
});

test("a clang that is too old is told", async () => {
  const refused = () =>
    assert.rejects(compileObject(code, source, new ClangSession({})), {
      code: "COMPILER",
      message: /is clang 13/,
    });
  await withFakeClang("#!/bin/sh\n", async () => refused(), "13.0.1");
});

test("a clang that breaks down is not the user's fault", async () => {
  await withFakeClang("#!/bin/sh\necho 'Stack dump:' >&2\nexit 139\n", () =>
    assert.rejects(compileObject(code, source, new ClangSession({})), CompilerError),
  );
});

test("an aborted compilation ends its clang", async () => {
  const stop = new AbortController();
  await withFakeClang("#!/bin/sh\nexec sleep 60\n", async () => {
    const compiling = compileObject(code, source, new ClangSession({}, stop.signal));
    setTimeout(() => stop.abort(), 50);
    await assert.rejects(compiling, { name: "AbortError" });
  });
});
