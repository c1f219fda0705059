import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { LoadError } from "../../src/errors.ts";
import { libbpf } from "../../src/ffi/libbpf.ts";
import { closeFd } from "../../src/ffi/libc.ts";
import { kernelAtLeast } from "../../src/kernel/kernel-version.ts";
import { loadObject } from "../../src/load/load-object.ts";
import { VerifierError } from "../../src/load/verifier-error.ts";
import { compileOnce } from "../compile-once.ts";
import { temporaryDirectory } from "../temporary-directory.ts";
import { CASES, compileCase } from "../unit/load/compile-case.ts";
import { needsFeature } from "./needs-feature.ts";

const directory = temporaryDirectory("load");

const compile = (text: string): Buffer =>
  compileOnce({ directory: CASES, files: ["prelude.h"], text: `#include "prelude.h"\n${text}` });

const GOOD = compile(`
struct pair { u32 a; u64 b; };
struct { __uint(type, 2); __uint(max_entries, 8); __type(key, u32); __type(value, struct pair); } pairs SEC(".maps");
u64 total = 5;
SEC("raw_tp/sys_enter") int one(struct args *ctx) { total += 1; return 0; }
SEC("tracepoint/x/y") int two(void *ctx) { return 0; }
SEC("mine") int three(void *ctx) { return 0; }
`);
const THREE = { three: { type: 2 } };

test("programs and maps come into the kernel as the object and the options say", () => {
  using object = loadObject(GOOD, {
    name: "good",
    programs: { ...THREE, two: { autoload: false } },
    maps: { counts: { maxEntries: 1000 } },
  });
  assert.deepEqual([...object.programs.keys()].sort(), ["one", "three"]);
  const one = object.programs.get("one");
  assert.ok(one);
  assert.equal(one.section, "raw_tp/sys_enter");
  assert.equal(one.type, 17);
  assert.equal(object.programs.get("three")?.type, 2);
  assert.equal(one.log, "");
  const { fd, id, internal, keyTypeId, valueTypeId, ...counts } = object.maps.get("counts") ?? {};
  assert.deepEqual(counts, {
    name: "counts",
    type: 1,
    typeName: "hash",
    keySize: 4,
    valueSize: 8,
    maxEntries: 1000,
    flags: 0,
  });
  assert.ok((keyTypeId ?? 0) > 0 && (valueTypeId ?? 0) > 0 && internal === false);
  assert.equal(object.maps.get("ring")?.typeName, "ringbuf");
  const pairs = object.maps.get("pairs");
  assert.deepEqual([pairs?.typeName, pairs?.valueSize, pairs?.maxEntries], ["array", 16, 8]);
  assert.ok(
    [...object.maps.values()].some((map) => map.internal),
    "the variable's map",
  );
  // The kernel knows them by the same numbers.
  const again = libbpf().bpf_map_get_fd_by_id(id ?? 0);
  assert.ok(again > 0 && fd !== again);
  closeFd(again);
  const program = libbpf().bpf_prog_get_fd_by_id(one.id);
  assert.ok(program > 0);
  closeFd(program);
});

test("close frees everything, and use after it is an error", () => {
  const before = readdirSync("/proc/self/fd").length;
  const object = loadObject(GOOD, { programs: THREE });
  const one = object.programs.get("one");
  assert.ok(one && one.pointer > 0);
  object.close();
  object.close();
  assert.throws(() => one.pointer, { name: "ClosedError" });
  assert.equal(readdirSync("/proc/self/fd").length, before);
});

test("the verifier's log is kept where it is asked for, whatever its length", () => {
  using object = loadObject(GOOD, { programs: THREE, logLevel: 2 });
  assert.match(object.programs.get("one")?.log ?? "", /processed \d+ insns/);
  // A loop of 3,000 turns: a log larger than the room that is tried first.
  const long = compile(`SEC("raw_tp/sys_enter") int prog(struct args *ctx) {
    volatile u64 sum = 0;
    for (u32 i = 0; i < 3000; i++) sum += i;
    return 0;
  }`);
  using loop = loadObject(long, { logLevel: 2 });
  const log = loop.programs.get("prog")?.log ?? "";
  assert.ok(log.length > 500_000, `${log.length} characters`);
  assert.match(log, /processed \d+ insns/);
});

test("a refused program is a VerifierError at the user's line, of the program that was refused", () => {
  const before = readdirSync("/proc/self/fd").length;
  const { source, object } = compileCase("null-check");
  assert.throws(
    () => loadObject(object, { name: "null-check", source }),
    (error: unknown) => {
      assert.ok(error instanceof VerifierError);
      assert.equal(error.program, "prog");
      assert.equal(error.errnoName, "EACCES");
      assert.equal(source.line(error.line ?? 0).trim(), "*value += 1;");
      return true;
    },
  );
  const second = compile(`
    SEC("raw_tp/sys_enter") int fine(struct args *ctx) { return 0; }
    SEC("raw_tp/sys_enter") int broken(struct args *ctx) { return *(int *)ctx->a[0]; }
    SEC("raw_tp/sys_exit") int also_fine(struct args *ctx) { return 0; }`);
  assert.throws(() => loadObject(second), { program: "broken", reason: /invalid mem access/ });
  assert.throws(() => loadObject(second, { logLevel: 1 }), {
    program: "broken",
    reason: /invalid mem access/,
  });
  loadObject(second, { programs: { broken: { autoload: false } } }).close();
  assert.equal(readdirSync("/proc/self/fd").length, before);
});

test("a log that does not fit has its reason and the true errno all the same", () => {
  const long = compile(`SEC("raw_tp/sys_enter") int prog(struct args *ctx) {
    volatile u64 sum = 0;
    for (u32 i = 0; i < 3000; i++) sum += i;
    return *(int *)ctx->a[0];
  }`);
  assert.throws(
    () => loadObject(long),
    (error: unknown) => {
      assert.ok(error instanceof VerifierError);
      assert.equal(error.errnoName, "EACCES");
      assert.match(error.reason, /invalid mem access/);
      assert.match(error.log, /the log is cut here/);
      return true;
    },
  );
});

test("a program of a million instructions is too large", (t) => {
  if (process.env.BCC_TS_TEST_GUEST !== undefined && kernelAtLeast("6.4")) {
    return t.skip("from Linux 6.4 on the verifier words all of its log, which takes minutes under emulation");
  }
  const { source, object } = compileCase("too-many");
  assert.throws(() => loadObject(object, { source }), {
    name: "VerifierError",
    errnoName: "E2BIG",
    reason: /BPF program is too large/,
  });
});

test("maps that cannot be made are named, with the reason", () => {
  const huge = compile(`
    struct big { char bytes[1 << 20]; };
    struct { __uint(type, 2); __uint(max_entries, 1 << 30); __type(key, u32); __type(value, struct big); } huge SEC(".maps");`);
  const cases: [() => unknown, RegExp, RegExp][] = [
    [() => loadObject(huge), /the map huge cannot be made: (E2BIG|ENOMEM)/, /entries/],
    [
      () => loadObject(GOOD, { maps: { counts: { maxEntries: 0 } }, programs: THREE }),
      /the map counts cannot be made: EINVAL/,
      /number of entries/,
    ],
  ];
  for (const [load, message, hint] of cases) {
    assert.throws(load, (error: unknown) => {
      assert.ok(error instanceof LoadError, String(error));
      assert.match(error.message, message);
      assert.match(error.hint ?? "", hint);
      assert.match(error.format(), /failed to create/);
      assert.equal((error.cause as Error).name, "SyscallError");
      return true;
    });
  }
});

test("names that the object does not have, and files that are no objects", () => {
  assert.throws(() => loadObject(GOOD, { programs: { on: {} } }), {
    code: "LOAD",
    message: /no program on/,
    hint: /one/,
  });
  assert.throws(() => loadObject(GOOD, { maps: { cuonts: {} } }), {
    message: /no map cuonts/,
    hint: /counts/,
  });
  assert.throws(() => loadObject(GOOD), { code: "LOAD", message: /program three/ });
  assert.throws(() => loadObject(new Uint8Array()), { code: "LOAD" });
  assert.throws(() => loadObject(new Uint8Array(4096)), {
    code: "LOAD",
    message: /does not take the object/,
  });
  assert.throws(() => loadObject(GOOD.subarray(0, 900)), { code: "LOAD" });
});

test("without capabilities the error names them", (t) => {
  const object = join(directory, "good.o");
  writeFileSync(object, GOOD);
  const script = fileURLToPath(new URL("load-child.js", import.meta.url));
  const drop = "-bpf,-perfmon,-sys_admin";
  const child = spawnSync(
    "setpriv",
    ["--bounding-set", drop, "--inh-caps", drop, process.execPath, script, object],
    { encoding: "utf8" },
  );
  if ((child.error as NodeJS.ErrnoException | undefined)?.code === "ENOENT")
    return t.skip("no setpriv (util-linux)");
  const [name, missing, hint] = JSON.parse(child.stdout) as string[];
  assert.equal(name, "PermissionError", child.stderr);
  assert.equal(missing, "CAP_BPF,CAP_PERFMON");
  assert.match(hint ?? "", /root/);
});

test("signals in quick succession do not keep a program from being loaded", (t) => {
  if (!needsFeature(t, "raw tracepoints")) return;
  const script = fileURLToPath(new URL("profiled-child.js", import.meta.url));
  const words = ["--cpu-prof", "--cpu-prof-dir", directory, "--cpu-prof-interval", "100"];
  const child = spawnSync(process.execPath, [...words, script], { encoding: "utf8" });
  assert.deepEqual([child.status, child.stderr], [0, ""]);
  assert.equal(child.stdout, "raw_tracepoint__sys_enter\n");
});
