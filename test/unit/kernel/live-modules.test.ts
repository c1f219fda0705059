import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Btf } from "../../../src/btf/btf.ts";
import type { KernelFacts } from "../../../src/facts/kernel-facts.ts";
import { readRecordedFacts } from "../../../src/facts/recorded-facts.ts";
import { LiveModules } from "../../../src/kernel/live-modules.ts";
import { prelude } from "../../../src/languages/bcc/prelude.ts";
import { prescan } from "../../../src/languages/bcc/prescan.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";
import { BtfBuilder } from "../btf/build-btf.ts";

const directory = temporaryDirectory("modules");

const facts = readRecordedFacts(new URL("../../../../test/facts/6.18.json", import.meta.url).pathname);
const modules = new LiveModules(() => facts.btf, directory);

/** A module of two structs: one of its own, one that holds a pointer to a struct of the kernel. */
function writeModule(name: string, tags: readonly string[]): void {
  const { btf } = facts;
  const builder = new BtfBuilder(btf.endId, btf.stringsEnd);
  const sock = builder.pointer(btf.find("struct", "sock") ?? 0);
  for (const tag of tags)
    builder.struct(tag, 16, [
      ["sk", sock, 0],
      ["next", sock, 64],
    ]);
  writeFileSync(join(directory, name), builder.bytes());
}

test("the module that has the structs of a program", () => {
  assert.equal(modules.typesOf(["of_one"]), undefined);
  writeModule("one", ["of_one"]);
  writeModule("other", ["of_one", "of_other"]);
  writeFileSync(join(directory, "vmlinux"), "not to be read");
  assert.equal(modules.typesOf(["of_one", "of_other", "of_none"])?.module, "other");
  assert.equal(modules.typesOf(["of_none"]), undefined);
  const found = modules.typesOf(["of_one"]);
  assert.ok(found);
  assert.equal(found.identity, modules.identityOf(found.module));
  assert.ok(found.btf instanceof Btf);
  assert.equal(modules.identityOf("none"), undefined);
  assert.equal(modules.identityOf("../one"), undefined);
});

test("a program gets a module's types, and through them the kernel's", () => {
  const withModules: KernelFacts = { ...plain(facts), modules };
  const text = "int f(struct pt_regs *ctx, struct of_other *o) { return o->sk->__sk_common.skc_family; }";
  const { text: c, module, kernelTypes } = prelude(prescan(text), withModules, "parse");
  assert.match(c, /struct of_other \{[^}]*struct sock \*sk;/);
  assert.match(c, /struct sock \{/);
  assert.equal(module?.module, "other");
  assert.ok(kernelTypes.every((id) => id < facts.btf.endId));
  assert.equal(
    prelude(prescan("struct own { int a; }; struct sock *s;"), withModules, "parse").module,
    undefined,
  );
});

/** Its getters and methods, on an object that can have one more. */
function plain(of: KernelFacts): KernelFacts {
  const { release, versionCode, architecture, identity, btf } = of;
  return {
    release,
    versionCode,
    architecture,
    identity,
    btf,
    config: (option) => of.config(option),
    tracepointFormat: (category, event) => of.tracepointFormat(category, event),
    tracepoints: (category) => of.tracepoints(category),
    hasSymbol: (name) => of.hasSymbol(name),
  };
}
