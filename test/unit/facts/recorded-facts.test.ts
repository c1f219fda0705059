import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Btf } from "../../../src/btf/btf.ts";
import { emitDeclarations } from "../../../src/btf/emit-declarations.ts";
import { memberAtPath } from "../../../src/btf/layout.ts";
import { BpfError } from "../../../src/errors.ts";
import type { KernelFacts } from "../../../src/facts/kernel-facts.ts";
import { readRecordedFacts, recordFacts } from "../../../src/facts/recorded-facts.ts";
import { everyKind } from "../btf/build-btf.ts";
import { checkC } from "../btf/compile-object.ts";

const { bytes, ids } = everyKind();

const invented: KernelFacts = {
  release: "6.9.1-test",
  versionCode: 0x060901,
  architecture: "aarch64",
  identity: "0123",
  btf: Btf.parse(bytes),
  config: (option) => ({ NET_NS: "y", HZ: "250" })[option],
  tracepointFormat: (category, event) => (category === "sched" ? `name: ${event}\n` : undefined),
  tracepoints: () => [],
  hasSymbol: (name) => name === "vfs_read",
};

const recording = recordFacts(invented, {
  btfTypes: [ids.packet ?? 0],
  configs: ["CONFIG_NET_NS", "HZ", "NUMA"],
  tracepoints: ["sched:sched_switch", "block:none"],
  symbols: ["vfs_read", "vfs_none"],
});

const isMissing = (error: unknown): boolean =>
  BpfError.is(error) && error.code === "FACTS_MISSING" && error.hint !== undefined;

test("a recording answers as the kernel did", () => {
  const facts = readRecordedFacts(recording);
  for (const key of ["release", "versionCode", "architecture", "identity"] as const) {
    assert.equal(facts[key], invented[key]);
  }
  assert.equal(facts.config("NET_NS"), "y");
  assert.equal(facts.config("CONFIG_HZ"), "250");
  assert.equal(facts.tracepointFormat("sched", "sched_switch"), "name: sched_switch\n");
  assert.equal(facts.hasSymbol("vfs_read"), true);
  const packet = facts.btf.find("struct", "packet") ?? assert.fail("no packet");
  assert.equal(memberAtPath(facts.btf, packet, "late")?.bitOffset, 448);
});

test("what was recorded as absent is absent", () => {
  const facts = readRecordedFacts(recording);
  assert.equal(facts.config("NUMA"), undefined);
  assert.equal(facts.tracepointFormat("block", "none"), undefined);
  assert.equal(facts.hasSymbol("vfs_none"), false);
});

test("what was not recorded is an error and not a guess", () => {
  const facts = readRecordedFacts(recording);
  assert.throws(() => facts.config("SLUB"), isMissing);
  assert.throws(() => facts.config("constructor"), isMissing);
  assert.throws(() => facts.tracepointFormat("sched", "sched_wakeup"), isMissing);
  assert.throws(() => facts.hasSymbol("vfs_write"), isMissing);
});

test("names of recorded tracepoints", () => {
  const facts = readRecordedFacts(recording);
  assert.deepEqual(facts.tracepoints(), ["sched"]);
  assert.deepEqual(facts.tracepoints("sched"), ["sched_switch"]);
  assert.deepEqual(facts.tracepoints("block"), []);
});

test("recording a recording changes nothing", () => {
  const facts = readRecordedFacts(recording);
  const all = Array.from({ length: facts.btf.typeCount }, (_, i) => i + 1);
  const again = recordFacts(facts, {
    btfTypes: all,
    configs: ["NET_NS", "HZ", "NUMA"],
    tracepoints: ["sched:sched_switch", "block:none"],
    symbols: ["vfs_read", "vfs_none"],
  });
  assert.equal(again, recording);
});

for (const [title, text] of [
  ["no JSON", "{"],
  ["another format", '{"format": 2}'],
  ["missing parts", '{"format": 1, "release": "6.1"}'],
] as const) {
  test(`refuses a recording with ${title}`, () => {
    assert.throws(
      () => readRecordedFacts(text),
      (error) => BpfError.is(error) && error.code === "FACTS_FORMAT",
    );
  });
}

test("refuses types that cannot be unpacked", () => {
  const facts = readRecordedFacts(JSON.stringify({ ...JSON.parse(recording), btf: "AAAA" }));
  assert.throws(
    () => facts.btf,
    (error) => BpfError.is(error) && error.code === "FACTS_FORMAT",
  );
});

const directory = fileURLToPath(new URL("../../../../test/facts/", import.meta.url));
const files = readdirSync(directory).filter((name) => name.endsWith(".json"));

test("facts of three kernels are recorded, and of one for another processor", () => {
  assert.deepEqual(files.sort(), ["6.1-arm64.json", "6.1.json", "6.12.json", "6.18.json"]);
});

for (const file of files) {
  const facts = readRecordedFacts(`${directory}${file}`);

  test(`all recorded types of ${file} are emitted with the layouts of that kernel`, () => {
    const { btf } = facts;
    const kinds = ["struct", "union", "enum", "typedef"] as const;
    const identifiers = new Set(kinds.flatMap((kind) => [...btf.names(kind)]));
    const defined = { tags: new Set<string>(), ordinary: new Set<string>(), macros: new Set<string>() };
    const { text } = emitDeclarations(btf, { identifiers, defined, assertions: "all" });
    assert.ok(text.split("_Static_assert").length > 1500);
    assert.equal(checkC(text), "");
  });

  test(`${file} has what programs ask for first`, () => {
    const { btf } = facts;
    const version = file
      .replace(/(?:-\w+)?\.json$/, "")
      .split(".")
      .map(Number);
    assert.deepEqual([facts.versionCode >> 16, (facts.versionCode >> 8) & 0xff], version);
    assert.equal(facts.config("NET_NS"), "y");
    assert.equal(facts.hasSymbol("tcp_v4_connect"), true);
    assert.equal(btf.enumerator("BPF_FUNC_ringbuf_output")?.value, 130n);
    assert.equal(btf.enumerator("TCP_ESTABLISHED")?.value, 1n);
    const sock = btf.find("struct", "sock") ?? assert.fail("no sock");
    assert.equal(memberAtPath(btf, sock, "__sk_common.skc_daddr")?.bitOffset, 0);
    assert.ok(memberAtPath(btf, btf.find("struct", "task_struct") ?? 0, "comm[15]"));
  });
}
