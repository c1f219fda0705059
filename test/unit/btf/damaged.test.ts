import assert from "node:assert/strict";
import { test } from "node:test";
import { Btf } from "../../../src/btf/btf.ts";
import { readLineInfo } from "../../../src/btf/btf-ext.ts";
import { spell } from "../../../src/btf/c-name.ts";
import { emitDeclarations } from "../../../src/btf/emit-declarations.ts";
import { memberAtPath } from "../../../src/btf/layout.ts";
import { reduceBtf } from "../../../src/btf/reduce-btf.ts";
import { BpfError } from "../../../src/errors.ts";
import { attempt } from "../../fuzz/attempt.ts";
import { feedTarget } from "../../fuzz/feed.ts";
import { SMALL_PROGRAM, targetNamed } from "../../fuzz/targets.ts";
import { BtfBuilder, everyKind } from "./build-btf.ts";
import { compileObject } from "./compile-object.ts";
import { chooseSeed } from "./random.ts";

const none = { tags: new Set<string>(), ordinary: new Set<string>(), macros: new Set<string>() };
const NAMES = new Set([
  "packet",
  "packet_t",
  "point_t",
  "color",
  "RED",
  "LOW",
  "hidden",
  "next",
  "call",
  "h",
]);
const MUTATIONS = 20_000;
const MOST_MILLISECONDS = 10_000;

test(`BTF with ${MUTATIONS} damages is read or refused`, () => {
  assert.ok(Btf.parse(everyKind().bytes).typeCount > 0);
  fuzz("btf", MUTATIONS);
});

test("objects with damages are read or refused", () => {
  assert.ok(readLineInfo(compileObject(SMALL_PROGRAM)).size > 0);
  fuzz("elf", 5000);
});

function fuzz(name: string, count: number): void {
  const seed = chooseSeed();
  console.log(`BCC_TS_SEED=${seed}`);
  feedTarget(targetNamed(name), { seed, count, limit: MOST_MILLISECONDS });
}

const cycles: Record<string, (b: BtfBuilder) => void> = {
  "a typedef of itself": (b) => b.typedef("packet", 1),
  "a pointer to itself": (b) => b.typedef("packet", b.pointer(1)),
  "a struct in itself": (b) => b.struct("packet", 8, [["a", 1, 0]]),
  "two structs in each other": (b) => {
    b.struct("packet", 8, [["a", 2, 0]]);
    b.struct("other", 8, [["a", 1, 0]]);
  },
  "an array of itself": (b) => b.typedef("packet", b.array(1, 2)),
  "an array of no elements of itself": (b) => {
    b.array(1, 0);
    b.struct("packet", 0, [["a", 1, 0]]);
  },
  "a function that takes itself twice": (b) => {
    b.prototype(0, [
      ["f", 1],
      ["g", 1],
    ]);
    b.typedef("packet", b.pointer(1));
  },
  "anonymous structs that double at each level": (b) => {
    b.int("int", 4, 1);
    let inner = b.struct("", 0, []);
    for (let i = 0; i < 60; i++) {
      inner = b.struct("", 0, [
        ["", inner, 0],
        ["", inner, 0],
      ]);
    }
    b.struct("packet", 0, [["", inner, 0]]);
  },
  "functions that double at each level": (b) => {
    let inner = b.prototype(0, []);
    for (let i = 0; i < 60; i++) {
      inner = b.prototype(0, [
        ["f", inner],
        ["g", inner],
      ]);
    }
    b.struct("packet", 8, [["call", b.pointer(inner), 0]]);
  },
  "ten thousand structs in each other": (b) => {
    let inner = b.int("int", 4, 1);
    for (let i = 0; i < 10_000; i++) inner = b.struct(`s${i}`, 4, [["a", inner, 0]]);
    b.struct("packet", 4, [["a", inner, 0]]);
  },
  "arrays as large as the universe": (b) => {
    let inner = b.int("int", 4, 1);
    for (let i = 0; i < 40; i++) inner = b.array(inner, 0xffffffff);
    b.struct("packet", 0xffffffff, [["a", inner, 0]]);
  },
};

for (const [title, build] of Object.entries(cycles)) {
  test(`refuses or survives ${title}`, () => {
    const b = new BtfBuilder();
    build(b);
    const begin = performance.now();
    const bytes = b.bytes();
    const btf = Btf.parse(bytes);
    const emit = () => emitDeclarations(btf, { identifiers: NAMES, defined: none, assertions: "all" });
    attempt(emit);
    const last = btf.typeCount;
    for (const id of [1, last]) {
      attempt(() => spell(btf, id));
      attempt(() => btf.sizeOf(id));
      attempt(() => memberAtPath(btf, id, "x"));
      attempt(() => memberAtPath(btf, id, "whole[1].member"));
      attempt(() => reduceBtf(btf, [id]));
    }
    assert.ok(performance.now() - begin < MOST_MILLISECONDS);
  });
}

test("a struct in itself is refused by name of the fault", () => {
  const b = new BtfBuilder();
  b.struct("packet", 8, [["a", 1, 0]]);
  assert.throws(
    () => emitDeclarations(Btf.parse(b.bytes()), { identifiers: NAMES, defined: none }),
    (error) => BpfError.is(error) && error.code === "BTF" && error.message.includes("contains itself"),
  );
});

const heads: [title: string, change: (bytes: Buffer) => unknown, message: RegExp][] = [
  ["another magic number", (b) => b.writeUInt16LE(1, 0), /first bytes/],
  ["another byte order", (b) => b.writeUInt16BE(0xeb9f, 0), /byte order/],
  ["another version", (b) => b.writeUInt8(2, 2), /version 2/],
  ["a small header", (b) => b.writeUInt32LE(8, 4), /header has 8/],
  ["types outside", (b) => b.writeUInt32LE(0xfffffffc, 12), /types end outside/],
  ["strings outside", (b) => b.writeUInt32LE(0xfffffff0, 16), /strings end outside/],
  ["no strings", (b) => b.writeUInt32LE(0, 20), /NUL/],
  ["an unknown kind", (b) => b.writeUInt32LE(31 << 24, 28), /unknown kind 31/],
];

for (const [title, change, message] of heads) {
  test(`refuses ${title}`, () => {
    const { bytes } = everyKind();
    change(bytes);
    assert.throws(
      () => Btf.parse(bytes),
      (error) => BpfError.is(error) && error.code === "BTF" && message.test(error.message),
    );
  });
}
