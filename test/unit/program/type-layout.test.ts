import assert from "node:assert/strict";
import { test } from "node:test";
import { layoutOf } from "../../../src/program/type-layout.ts";
import type { StructMember, Type } from "../../../src/program/types.ts";

const SHORT: Type = { kind: "integer", bytes: 2, signed: true };
const WORD: Type = { kind: "integer", bytes: 4, signed: false };

function struct(name: string, size: number, members: StructMember[]): Type {
  return { kind: "struct", name, size, members: () => members };
}

function member(name: string, type: Type, bitOffset: number, bitSize = 0): StructMember {
  return { name, type, bitOffset, bitSize };
}

test("members of nameless structs and unions are members of what they lie in; nameless bits are none", () => {
  const halves = struct("struct ", 4, [member("low", SHORT, 0), member("high", SHORT, 16)]);
  const either = struct("union ", 4, [member("whole", WORD, 0), member("", halves, 0)]);
  const outer = struct("struct outer", 12, [
    member("first", WORD, 0, 3),
    member("", WORD, 3, 5),
    member("", either, 32),
    member("named", halves, 64),
  ]);
  const layout = layoutOf(outer);
  assert.equal(layout.kind, "record");
  const fields = layout.kind === "record" ? layout.fields : [];
  assert.deepEqual(
    fields.map(({ name, offset }) => [name, offset]),
    [
      ["first", 0],
      ["whole", 4],
      ["low", 4],
      ["high", 6],
      ["named", 8],
    ],
  );
});
