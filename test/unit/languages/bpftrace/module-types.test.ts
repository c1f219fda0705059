// Types, functions and raw tracepoints of kernel modules, out of modules that are made here.
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { translateScript } from "../../../../src/compile-script.ts";
import type { KernelFacts } from "../../../../src/facts/kernel-facts.ts";
import { LiveModules } from "../../../../src/kernel/live-modules.ts";
import { listProbes } from "../../../../src/listing/list-probes.ts";
import { noteAnswers, sameAnswers } from "../../../../src/script-answers.ts";
import { SourceError } from "../../../../src/source/source-error.ts";
import { SourceText } from "../../../../src/source/source-text.ts";
import { temporaryDirectory } from "../../../temporary-directory.ts";
import { BtfBuilder } from "../../btf/build-btf.ts";
import { recordedOptions } from "./script-world.ts";

const directory = temporaryDirectory("script-modules");

const FUNC = 12;
const recorded = recordedOptions("6.18");
const { btf } = recorded.facts;

/** A module with struct thing { int size; struct sock *sk; }, int use_NAME(struct thing *), and a raw tracepoint. */
function writeModule(name: string): void {
  const builder = new BtfBuilder(btf.endId, btf.stringsEnd);
  const int = builder.int("int", 4, 1);
  const sock = builder.pointer(btf.find("struct", "sock") ?? 0);
  const thing = builder.struct(`thing_of_${name}`, 16, [
    ["size", int, 0],
    ["sk", sock, 64],
  ]);
  const pointer = builder.pointer(thing);
  builder.add(FUNC, `use_${name}`, builder.prototype(int, [["thing", pointer]]));
  const probe = builder.prototype(0, [
    ["data", builder.pointer(0)],
    ["of", pointer],
  ]);
  builder.typedef(`btf_trace_${name}_event`, builder.pointer(probe));
  writeFileSync(join(directory, name), builder.bytes());
}
writeModule("one");
writeModule("two");

const modules = new LiveModules(() => btf, directory);
const options = { ...recorded, facts: withModules(recorded.facts) };

function withModules(facts: KernelFacts): KernelFacts {
  return new Proxy(facts, {
    get: (of, key) => {
      if (key === "modules") return modules;
      const value: unknown = Reflect.get(of, key);
      return typeof value === "function" ? value.bind(of) : value;
    },
  });
}

async function described(text: string) {
  const { description } = await translateScript(new SourceText("case.bt", text), options);
  return description.probes.map(({ name, attach }) => ({ name, attach }));
}

async function refused(text: string): Promise<string> {
  try {
    await described(text);
  } catch (error) {
    if (error instanceof SourceError) return error.format();
    throw error;
  }
  return "";
}

test("a function of a module, named or looked for, and the kernel's types through its", async () => {
  const body = "{ print((args.thing.size, args.thing.sk.__sk_common.skc_family, retval)); }";
  const attach = { kind: "fexit", symbol: "use_one", module: "one" };
  assert.deepEqual(await described(`fexit:one:use_one ${body}`), [{ name: "fexit:one:use_one", attach }]);
  const found = await described("fentry:use_two { print(args.thing.size); }");
  assert.deepEqual(found, [
    { name: "fentry:vmlinux:use_two", attach: { kind: "fentry", symbol: "use_two" } },
  ]);
});

test("what another module has is not the one's", async () => {
  assert.match(await refused("fentry:one:use_two { }"), /No matches for fentry use_two/);
  assert.match(await refused("rawtracepoint:one:two_event { }"), /hint: Did you mean one_event\?/);
  assert.match(await refused("rawtracepoint:three:one_event { }"), /The module is not loaded/);
  assert.match(await refused("fentry:three:use_one { }"), /modprobe/);
});

test("raw tracepoints of modules", async () => {
  const attach = (event: string) => ({ kind: "raw-tracepoint", event });
  const name = "rawtracepoint:one:one_event";
  const body = "{ print((args.of.size, arg0)); }";
  assert.deepEqual(await described(`rawtracepoint:one:one_event ${body}`), [
    { name, attach: attach("one_event") },
  ]);
  assert.deepEqual(await described(`rt:one:* ${body}`), [{ name, attach: attach("one_event") }]);
  assert.equal((await described(`rt:two_event ${body}`)).length, 1);
});

test("structs of modules, those of a module that is not named too", async () => {
  await described(
    "kprobe:two:f { print(((struct thing_of_one *)arg0).size); print(sizeof(struct thing_of_two)); }",
  );
  assert.match(
    await refused("begin { print(sizeof(struct thing_of_none)); }"),
    /Unknown type: struct thing_of_none/,
  );
});

test("a kept object is of the modules that are loaded", () => {
  const { options: noted, answers } = noteAnswers(options);
  assert.ok(noted.facts.modules?.named("one"));
  assert.equal(noted.facts.modules?.having(["func"], "use_two")?.module, "two");
  assert.equal(noted.facts.modules?.having(["func"], "use_three"), undefined);
  assert.ok(sameAnswers(options, answers));
  writeModule("three");
  assert.ok(!sameAnswers(options, answers));
  rmSync(join(directory, "three"));
  rmSync(join(directory, "one"));
  assert.ok(!sameAnswers(options, answers));
  writeModule("one");
});

test("raw tracepoints of modules are listed under them", () => {
  const listed = (pattern: string) => Array.from(listProbes(options.facts, pattern), ({ name }) => name);
  assert.deepEqual(listed("rt:one:*"), ["one:one_event"]);
  assert.deepEqual(listed("rawtracepoint:*_event").sort(), ["one:one_event", "two:two_event"]);
});
