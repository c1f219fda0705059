import assert from "node:assert/strict";
import { test } from "node:test";
import { Btf } from "../../../src/btf/btf.ts";
import { elfSection } from "../../../src/btf/elf.ts";
import { emitDeclarations } from "../../../src/btf/emit-declarations.ts";
import { reduceBtf } from "../../../src/btf/reduce-btf.ts";
import { writeBtf } from "../../../src/btf/write-btf.ts";
import { BpfError } from "../../../src/errors.ts";
import { everyKind } from "./build-btf.ts";
import { compileObject } from "./compile-object.ts";

const none = { tags: new Set<string>(), ordinary: new Set<string>(), macros: new Set<string>() };

const TEXT = `
typedef unsigned int u32;
struct deep { long x; } a;
struct inode { struct deep *deep; u32 i_ino; } b;
enum kind { KIND_A, KIND_B = 1L << 40 };
struct file { struct inode *f_inode; enum kind kind; union { int low : 3; char c; }; struct deep arr[2]; } c;
struct sock { struct file *file; int (*call)(struct deep *, ...); u32 n; } d;
`;
const btf = Btf.parse(elfSection(compileObject(TEXT), ".BTF") ?? assert.fail("no BTF"));
const id = (name: string): number => btf.find("struct", name) ?? assert.fail(`no ${name}`);

test("writes every kind so that it is read as it was", () => {
  const whole = Btf.parse(everyKind().bytes);
  const types = Array.from({ length: whole.typeCount }, (_, i) => whole.type(i + 1));
  const again = Btf.parse(writeBtf(types));
  assert.equal(again.typeCount, types.length);
  types.forEach((type, i) => {
    assert.deepEqual(again.type(i + 1), type);
  });
});

test("keeps what is contained by value, declares what a pointer leads to", () => {
  const reduced = Btf.parse(reduceBtf(btf, [id("file")]));
  assert.deepEqual([...reduced.names("struct")].sort(), ["deep", "file"]);
  assert.deepEqual([...reduced.names("fwd")], ["inode"]);
  assert.deepEqual([...reduced.names("enum")], ["kind"]);
  assert.equal(reduced.enumerator("KIND_B")?.value, 1n << 40n);
  assert.equal(reduced.find("struct", "sock"), undefined);
});

test("a forward declaration stands once", () => {
  const reduced = Btf.parse(reduceBtf(btf, [id("sock"), id("inode")]));
  assert.deepEqual([...reduced.names("fwd")].sort(), ["deep", "file"]);
});

test("the reduced BTF gives the same declarations", () => {
  const identifiers = new Set(["sock", "file", "f_inode", "i_ino", "u32"]);
  const request = { identifiers, defined: none, assertions: "all" } as const;
  const full = emitDeclarations(btf, request);
  const reduced = Btf.parse(reduceBtf(btf, full.completeTypes));
  assert.equal(emitDeclarations(reduced, request).text, full.text);
});

test("reducing twice changes nothing", () => {
  const once = Btf.parse(reduceBtf(btf, [id("sock"), id("file")]));
  const all = Array.from({ length: once.typeCount }, (_, i) => i + 1);
  assert.deepEqual(Buffer.from(reduceBtf(once, all)), Buffer.from(once.bytes));
});

test("refuses types that the format cannot hold", () => {
  const members = Array.from({ length: 70_000 }, () => ({ name: "", type: 0, bitOffset: 0, bitSize: 0 }));
  assert.throws(
    () => writeBtf([{ kind: "struct", name: "big", size: 0, members }]),
    (error) => BpfError.is(error) && error.code === "BTF",
  );
});

test("refuses ids that do not exist", () => {
  assert.throws(
    () => reduceBtf(btf, [100_000]),
    (error) => BpfError.is(error) && error.code === "BTF",
  );
});
