import assert from "node:assert/strict";
import { test } from "node:test";
import { Btf } from "../../../src/btf/btf.ts";
import { lookUp } from "../../../src/btf/look-up.ts";
import { NameIndex } from "../../../src/btf/name-index.ts";
import { readRecordedFacts } from "../../../src/facts/recorded-facts.ts";
import { packageFile } from "../../../src/package-root.ts";
import { everyKind } from "./build-btf.ts";

const RECORDED = ["6.1", "6.12", "6.18"].map((kernel) => {
  const { btf } = readRecordedFacts(packageFile("test", "facts", `${kernel}.json`));
  return { name: kernel, bytes: btf.bytes };
});

for (const { name, bytes } of [...RECORDED, { name: "every kind", bytes: everyKind().bytes }]) {
  const plain = Btf.parse(bytes);
  const all = new Set(["not_there", "pid_t", "BPF_MAP_TYPE_HASH"]);
  for (const kind of ["struct", "union", "enum", "typedef", "fwd"] as const) {
    for (const found of plain.names(kind)) all.add(found);
  }

  test(`${name}: an index that was kept finds what a pass over the types finds`, () => {
    const kept = NameIndex.of(plain.table).bytes(bytes.length);
    const index = NameIndex.read(kept, bytes.length) ?? assert.fail("it is of this BTF");
    const indexed = Btf.parse(bytes, { index });
    assert.deepEqual(indexed.table.starts, plain.table.starts);
    assert.deepEqual(lookUp(indexed, all), lookUp(plain, all));
    assert.deepEqual([...lookUp(indexed, all).types.keys()], [...lookUp(plain, all).types.keys()]);
    for (const one of all) assert.deepEqual(lookUp(indexed, new Set([one])), lookUp(plain, new Set([one])));
  });

  test(`${name}: types are found one by one with and without an index`, () => {
    const indexed = Btf.parse(bytes, { index: NameIndex.of(plain.table) });
    // Without an index each takes a pass over all types.
    const some = [...all].filter((_, i) => i % Math.ceil(all.size / 200) === 0).concat("not_there", "");
    for (const one of some) {
      for (const kind of [
        "struct",
        "typedef",
        ["struct", "union", "enum"],
        "func",
        ["func", "enum"],
      ] as const)
        assert.equal(indexed.find(kind, one), plain.find(kind, one), `${kind} ${one}`);
    }
  });

  test(`${name}: an index of other bytes, or cut short, is none`, () => {
    const kept = NameIndex.of(plain.table).bytes(bytes.length);
    assert.equal(NameIndex.read(kept, bytes.length + 4), undefined);
    for (const length of [0, 4, 15, kept.length - 4]) {
      assert.equal(NameIndex.read(kept.slice(0, length), bytes.length), undefined);
    }
  });
}
