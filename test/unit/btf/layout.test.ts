import assert from "node:assert/strict";
import { test } from "node:test";
import { Btf } from "../../../src/btf/btf.ts";
import { elfSection } from "../../../src/btf/elf.ts";
import { memberAtPath } from "../../../src/btf/layout.ts";
import { compileObject } from "./compile-object.ts";

/** Offsets as clang itself has them stand in `expected`, an array of the object. */
const TEXT = `
struct inner { char c; long d; };
struct sock {
  union { struct { unsigned daddr, saddr; }; unsigned long pair; };
  struct inner list[3];
  char state;
  int low : 3, high : 5;
  struct { short x; struct inner in; } named;
  const struct inner *pointer;
  char tail[];
} v;
unsigned long expected[] = {
  __builtin_offsetof(struct sock, saddr), __builtin_offsetof(struct sock, pair),
  __builtin_offsetof(struct sock, list[2].d), __builtin_offsetof(struct sock, named.in.d),
  __builtin_offsetof(struct sock, tail), __builtin_offsetof(struct sock, pointer),
};
`;
const PATHS = ["saddr", "pair", "list[2].d", "named.in.d", "tail", "pointer"];

const object = compileObject(TEXT);
const btf = Btf.parse(elfSection(object, ".BTF") ?? assert.fail("no BTF"));
const sock = btf.find("struct", "sock") ?? assert.fail("no sock");

test("places of members by path are clang's", () => {
  const data = elfSection(object, ".data") ?? assert.fail("no data");
  const view = new DataView(data.buffer, data.byteOffset);
  PATHS.forEach((path, i) => {
    const place = memberAtPath(btf, sock, path) ?? assert.fail(`no ${path}`);
    assert.equal(place.bitOffset / 8, Number(view.getBigUint64(i * 8, true)), path);
    assert.equal(place.path, path);
  });
});

test("bit-fields have a width", () => {
  const low = memberAtPath(btf, sock, "low") ?? assert.fail("no low");
  const high = memberAtPath(btf, sock, "high") ?? assert.fail("no high");
  assert.deepEqual([low.bitSize, high.bitSize, high.bitOffset - low.bitOffset], [3, 5, 3]);
});

test("paths that lead nowhere", () => {
  const paths = [
    "",
    "nothing",
    "list[3].d",
    "list.d",
    "pointer.c",
    "saddr.x",
    "named..in",
    ".saddr",
    "list[",
    "state[0]",
  ];
  for (const path of paths) assert.equal(memberAtPath(btf, sock, path), undefined, path);
});

test("elements of a flexible array have no end", () => {
  const first = memberAtPath(btf, sock, "tail[0]") ?? assert.fail("no tail");
  assert.equal((memberAtPath(btf, sock, "tail[9]")?.bitOffset ?? 0) - first.bitOffset, 72);
});
