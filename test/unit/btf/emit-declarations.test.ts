import assert from "node:assert/strict";
import { test } from "node:test";
import { Btf } from "../../../src/btf/btf.ts";
import { elfSection } from "../../../src/btf/elf.ts";
import { type DeclarationRequest, emitDeclarations } from "../../../src/btf/emit-declarations.ts";
import { BtfBuilder } from "./build-btf.ts";
import { checkC, compileObject } from "./compile-object.ts";
import { EMIT_CASES, type EmitCase } from "./emit-cases.ts";

function requestOf(given: EmitCase): DeclarationRequest {
  return {
    identifiers: new Set(given.program.match(/[A-Za-z_]\w*/g)),
    defined: {
      tags: new Set(given.tags),
      ordinary: new Set(["f", ...(given.ordinary ?? [])]),
      macros: new Set(given.macros),
    },
    complete: given.complete ?? [],
    assertions: true,
  };
}

for (const given of EMIT_CASES) {
  test(given.title, () => {
    const object = compileObject(given.kernel, ["-w"]);
    const btf = Btf.parse(elfSection(object, ".BTF") ?? assert.fail("no BTF"));
    const { text } = emitDeclarations(btf, requestOf(given));
    const types = text.replace(/^_Static_assert.*\n/gm, "");
    for (const part of given.has ?? []) assert.ok(types.includes(part), `no ${part} in\n${types}`);
    for (const part of given.lacks ?? []) assert.ok(!types.includes(part), `${part} in\n${types}`);
    for (const target of ["bpf", "x86_64-linux-gnu"]) {
      assert.equal(checkC(`${text}\n${given.program}\n`, ["-Wno-unused"], target), "", text);
    }
  });
}

const none = { tags: new Set<string>(), ordinary: new Set<string>(), macros: new Set<string>() };

/** Two structs of one name, and one that holds a pointer to one of them. */
function twoOfAName(reached: "first" | "second" | "both"): Btf {
  const b = new BtfBuilder();
  const int = b.int("int", 4, 1);
  const first = b.struct("twin", 4, [["one", int, 0]]);
  const second = b.struct("twin", 8, [
    ["one", int, 0],
    ["two", int, 32],
  ]);
  const [p1, p2] = [b.pointer(first), b.pointer(second)];
  const members: [string, number, number][] =
    reached === "both"
      ? [
          ["near", p1, 0],
          ["far", p2, 64],
        ]
      : [["near", reached === "first" ? p1 : p2, 0]];
  b.struct("holder", members.length * 8, members);
  return Btf.parse(b.bytes());
}

for (const reached of ["first", "second"] as const) {
  test(`of two types with one name the ${reached} is meant when it is reached`, () => {
    const btf = twoOfAName(reached);
    const { text } = emitDeclarations(btf, { identifiers: new Set(["holder", "twin"]), defined: none });
    assert.equal(text.includes("int two;"), reached === "second", text);
    assert.equal(text.match(/struct twin \{/g)?.length, 1);
    assert.equal(checkC(text), "");
  });
}

test("of two reached types with one name the less direct is renamed", () => {
  const btf = twoOfAName("both");
  const identifiers = new Set(["holder", "near", "far"]);
  const { text } = emitDeclarations(btf, { identifiers, defined: none, assertions: "all" });
  assert.match(text, /struct twin \{\n\tint one;\n\};/);
  assert.match(text, /struct twin___2 \{\n\tint one;\n\tint two;\n\};/);
  assert.match(text, /struct twin___2 \*far;/);
  assert.equal(checkC(text), "");
});

test("enumerators of two enums with one name: the reached enum's is declared, once", () => {
  const b = new BtfBuilder();
  const int = b.int("int", 4, 1);
  b.enum("first", 4, [["SAME", 1]]);
  const second = b.enum("second", 4, [
    ["SAME", 2],
    ["OTHER", 3],
  ]);
  b.struct("holder", 8, [
    ["a", int, 0],
    ["e", second, 32],
  ]);
  const btf = Btf.parse(b.bytes());
  const only = emitDeclarations(btf, { identifiers: new Set(["SAME"]), defined: none });
  assert.deepEqual(only.enumerators, ["SAME"]);
  assert.match(only.text, /SAME = 1/);
  const reached = emitDeclarations(btf, { identifiers: new Set(["SAME", "holder"]), defined: none });
  assert.deepEqual(reached.enumerators, ["SAME", "OTHER"]);
  assert.match(reached.text, /SAME = 2/);
  assert.equal(checkC(reached.text), "");
});

test("reports what is complete", () => {
  const btf = twoOfAName("first");
  const { completeTypes } = emitDeclarations(btf, { identifiers: new Set(["holder"]), defined: none });
  assert.deepEqual(completeTypes, [btf.find("struct", "holder")]);
});

test("integers with names that are no C get C's", () => {
  const b = new BtfBuilder();
  const [u8, isize, odd] = [b.int("u8", 1), b.int("isize", 8, 1), b.int("long int", 4, 1)];
  b.struct("rust", 16, [
    ["a", u8, 0],
    ["b", odd, 32],
    ["c", isize, 64],
  ]);
  const { text } = emitDeclarations(Btf.parse(b.bytes()), {
    identifiers: new Set(["rust"]),
    defined: none,
    assertions: "all",
  });
  assert.match(text, /unsigned char a;/);
  assert.match(text, /int b;\n\tlong c;/);
  assert.equal(checkC(text), "");
});

test("types of a module stand with those of the kernel that they continue", () => {
  const kernel = new BtfBuilder();
  const int = kernel.int("int", 4, 1);
  const list = kernel.struct("list", 4, [["n", int, 0]]);
  const base = Btf.parse(kernel.bytes());
  const module = new BtfBuilder(base.endId, kernel.stringsLength);
  module.struct("device", 8, [
    ["list", list, 0],
    ["id", int, 32],
  ]);
  const btf = Btf.parse(module.bytes(), { base });
  const { text } = emitDeclarations(btf, {
    identifiers: new Set(["device"]),
    defined: none,
    assertions: "all",
  });
  assert.match(text, /struct list \{[^}]*\};[^}]*struct device \{\n\tstruct list list;\n\tint id;\n\};/s);
  assert.equal(checkC(text), "");
});
