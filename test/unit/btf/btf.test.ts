import assert from "node:assert/strict";
import { test } from "node:test";
import { Btf } from "../../../src/btf/btf.ts";
import { lookUp } from "../../../src/btf/look-up.ts";
import { BtfBuilder, everyKind } from "./build-btf.ts";

const { bytes, ids } = everyKind();
const btf = Btf.parse(bytes);
const id = (name: string): number => ids[name] ?? assert.fail(`no ${name}`);

test("decodes each kind", () => {
  assert.deepEqual(btf.type(0), { kind: "void" });
  assert.deepEqual(btf.type(id("int")), {
    kind: "int",
    name: "int",
    size: 4,
    encoding: "signed",
    bits: 32,
    bitOffset: 0,
  });
  assert.deepEqual(btf.type(id("comm")), { kind: "array", of: 8, index: 1, count: 16 });
  assert.deepEqual(btf.type(id("color")), {
    kind: "enum",
    name: "color",
    size: 4,
    signed: false,
    values: [
      { name: "RED", value: 0n },
      { name: "BLUE", value: 5n },
    ],
  });
  assert.deepEqual(btf.type(id("forward")), { kind: "fwd", name: "hidden", of: "struct" });
  const kinds = Array.from({ length: btf.typeCount }, (_, i) => btf.type(i + 1).kind);
  assert.equal(new Set(kinds).size, 18);
});

test("enumerators keep their sign and all their bits", () => {
  assert.deepEqual(btf.enumerator("LOW"), { enumId: id("level"), value: -1n });
  assert.deepEqual(btf.enumerator("WIDE_TOP"), { enumId: id("wide"), value: 2n ** 63n });
  assert.deepEqual(btf.enumerator("BLUE"), { enumId: id("color"), value: 5n });
  assert.equal(btf.enumerator("BLU"), undefined);
  const wide = btf.type(id("wide"));
  assert.ok(wide.kind === "enum" && wide.values[0]?.value === 2n ** 63n && wide.size === 8);
});

test("bit-fields are told by the flag of the struct", () => {
  const packet = btf.type(id("packet"));
  assert.ok(packet.kind === "struct");
  const bits = packet.members.filter(({ bitSize }) => bitSize > 0);
  assert.deepEqual(
    bits.map(({ name, bitOffset, bitSize }) => [name, bitOffset, bitSize]),
    [
      ["flag", 192, 1],
      ["kind", 196, 3],
    ],
  );
});

test("bit-fields without the flag are told by their integer, as older pahole wrote them", () => {
  const b = new BtfBuilder();
  const three = b.int("unsigned int", 4, 0, 3, 5);
  const whole = b.int("unsigned int", 4);
  const old = b.struct("old", 8, [
    ["a", b.typedef("small", three), 0],
    ["b", whole, 32],
  ]);
  const type = Btf.parse(b.bytes()).type(old);
  assert.ok(type.kind === "struct");
  assert.deepEqual(
    type.members.map(({ name, bitOffset, bitSize }) => [name, bitOffset, bitSize]),
    [
      ["a", 5, 3],
      ["b", 32, 0],
    ],
  );
});

test("finds by kind and name", () => {
  assert.equal(btf.find("struct", "packet"), id("packet"));
  assert.equal(btf.find(["typedef", "struct"], "packet_t"), id("packetT"));
  assert.equal(btf.find("union", "packet"), undefined);
  assert.equal(btf.find("struct", "pack"), undefined);
  assert.equal(btf.find("struct", "acket"), undefined);
  assert.equal(btf.find("struct", ""), undefined);
  assert.equal(btf.find("struct", "packet\0"), undefined);
  assert.equal(btf.find("enum", "wide"), id("wide"));
  assert.equal(btf.find("func", "do_it"), id("func"));
});

test("finds names that stand more than once among the strings", () => {
  const b = new BtfBuilder();
  b.string("twice");
  const int = b.int("int", 4, 1);
  const second = b.struct("twice", 4, [["a", int, 0]]);
  const parsed = Btf.parse(b.bytes());
  assert.equal(parsed.find("struct", "twice"), second);
  assert.deepEqual(lookUp(parsed, new Set(["twice"])).types.get("twice"), [second]);
});

test("looks up many names in one pass", () => {
  const found = lookUp(btf, new Set(["packet", "packet_t", "hidden", "BLUE", "nothing", "do_it", "comm"]));
  assert.deepEqual(Object.fromEntries(found.types), {
    packet: [id("packet")],
    packet_t: [id("packetT")],
    hidden: [id("forward")],
  });
  assert.deepEqual([...found.enumerators], [["BLUE", [{ name: "BLUE", enumId: id("color"), value: 5n }]]]);
});

test("sizes", () => {
  const sizes = { void_: 8, comm: 16, packet: 72, packetT: 72, color: 4, level: 1, volatile_: 8, point: 16 };
  for (const [name, size] of Object.entries(sizes)) assert.equal(btf.sizeOf(id(name)), size, name);
  assert.equal(btf.sizeOf(0), 0);
  assert.equal(btf.sizeOf(id("forward")), 0);
  assert.equal(btf.sizeOf(id("variable")), 8);
});

test("names of a kind", () => {
  assert.deepEqual([...btf.names("enum")], ["color", "level", "wide"]);
  assert.deepEqual([...btf.names("union")], []);
});

test("the same type is the same object", () => {
  assert.equal(btf.type(id("packet")), btf.type(id("packet")));
});

test("bytes at any alignment", () => {
  for (let shift = 1; shift < 4; shift++) {
    const moved = Buffer.concat([Buffer.alloc(shift), bytes]).subarray(shift);
    assert.equal(Btf.parse(moved).sizeOf(id("packet")), 72);
  }
});

test("split BTF continues its base", () => {
  const base = new BtfBuilder();
  const int = base.int("int", 4, 1);
  const shared = base.string("shared_name");
  base.struct("base_only", 4, [["a", int, 0]]);
  const parsedBase = Btf.parse(base.bytes());
  const module = new BtfBuilder(parsedBase.endId, base.stringsLength);
  const own = module.struct("module_type", 8, [
    ["a", int, 0],
    ["b", 2, 32],
  ]);
  const bytesOfModule = module.bytes();
  // The name of a type may be among the strings of the base.
  const withName = new BtfBuilder(parsedBase.endId, base.stringsLength);
  withName.add(4, "", 0);
  const named = withName.bytes();
  named.writeUInt32LE(shared, 24);

  const split = Btf.parse(bytesOfModule, { base: parsedBase });
  assert.equal(split.firstId, 3);
  assert.equal(split.find("struct", "module_type"), own);
  assert.equal(split.find("struct", "base_only"), 2);
  assert.equal(split.sizeOf(own), 8);
  assert.equal(split.type(int), parsedBase.type(int));
  assert.deepEqual([...split.names("struct")], ["base_only", "module_type"]);
  assert.deepEqual(lookUp(split, new Set(["base_only", "module_type"])).types.get("base_only"), [2]);
  assert.equal(Btf.parse(named, { base: parsedBase }).find("struct", "shared_name"), 3);
});
