import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Btf } from "../../src/btf/btf.ts";
import { elfSection } from "../../src/btf/elf.ts";
import { emitDeclarations } from "../../src/btf/emit-declarations.ts";
import { reduceBtf } from "../../src/btf/reduce-btf.ts";
import { checkC, compileObject } from "../unit/btf/compile-object.ts";
import { assertSameLayout } from "../unit/btf/same-layout.ts";

const kernels = fileURLToPath(new URL("../../../vendor/kernels/", import.meta.url));
const defined = { tags: new Set<string>(), ordinary: new Set<string>(), macros: new Set<string>() };

/** The types of kernels that are at hand: the running one's, and those of the guest kernels. */
const sources: Record<string, { path: string; read: (bytes: Buffer) => Uint8Array | undefined }> = {
  "the running kernel": { path: "/sys/kernel/btf/vmlinux", read: (bytes) => bytes },
  "6.1": { path: `${kernels}6.1/vmlinux`, read: (bytes) => elfSection(bytes, ".BTF") },
  "6.12": { path: `${kernels}6.12/vmlinux`, read: (bytes) => elfSection(bytes, ".BTF") },
};

for (const [title, { path, read }] of Object.entries(sources)) {
  test(`every type of ${title} is emitted with its layout`, {
    skip: !existsSync(path) && `no ${path}`,
  }, () => {
    const btf = Btf.parse(read(readFileSync(path)) ?? assert.fail("no BTF"));
    const kinds = ["struct", "union", "enum", "typedef"] as const;
    const identifiers = new Set(kinds.flatMap((kind) => [...btf.names(kind)]));
    const all = emitDeclarations(btf, { identifiers, defined, assertions: "all" });
    assert.ok(all.text.split("_Static_assert").length > 40_000);
    for (const target of ["bpf", "x86_64-linux-gnu"]) assert.equal(checkC(all.text, [], target), "");
    compareThroughClang(btf, all.completeTypes, all.text);
    const reduced = Btf.parse(reduceBtf(btf, all.completeTypes));
    const again = emitDeclarations(reduced, { identifiers, defined, assertions: "all" });
    assert.equal(checkC(again.text), "");
  });
}

/** Assertions see no bit-fields: clang's own BTF of the emitted text tells where it put them. */
function compareThroughClang(btf: Btf, completeTypes: readonly number[], text: string): void {
  const names = [...text.matchAll(/^struct (\w+) \{/gm)].map((match) => match[1] ?? "");
  const plain = text.replace(/^_Static_assert.*\n/gm, "");
  const variables = names.map((name, i) => `struct ${name} variable_${i};\n`).join("");
  const object = compileObject(`${plain}\n${variables}`, ["-w", "-O0"]);
  const found = Btf.parse(elfSection(object, ".BTF") ?? assert.fail("no BTF"));
  const seen = new Map<string, number>();
  for (let id = 1; id <= found.typeCount; id++) {
    const type = found.type(id);
    if (type.kind === "struct") seen.set(type.name, id);
  }
  const used = new Map<string, number>();
  let compared = 0;
  for (const id of completeTypes) {
    const type = btf.type(id);
    if (type.kind !== "struct" || type.name === "") continue;
    // Of types that share a name the later ones have a number.
    const count = (used.get(type.name) ?? 0) + 1;
    used.set(type.name, count);
    const name = count === 1 ? type.name : `${type.name}___${count}`;
    const other = seen.get(name) ?? seen.get(`${name}___kernel`) ?? assert.fail(`no ${name}`);
    assertSameLayout({ btf, id }, { btf: found, id: other }, `struct ${name}`);
    compared++;
  }
  console.log(`${compared} structs of ${names.length} compared`);
  assert.equal(compared, names.length);
}
