import assert from "node:assert/strict";
import type { Btf } from "../../../src/btf/btf.ts";

/**
 * Fails unless two structs have the same size and the same members at the same bits, anonymous ones looked
 * into. Members called `__hole_…` are what fills gaps.
 */
export function assertSameLayout(
  wanted: { btf: Btf; id: number },
  found: { btf: Btf; id: number },
  what: string,
): void {
  assert.deepEqual(flatten(found.btf, found.id), flatten(wanted.btf, wanted.id), what);
}

type Place = [name: string, bitOffset: number, bits: number, isBitField: boolean];

function flatten(btf: Btf, id: number): { size: number; places: Place[] } {
  const places: Place[] = [];
  const visit = (at: number, base: number): void => {
    const type = btf.type(btf.resolve(at));
    if (type.kind !== "struct" && type.kind !== "union") return;
    for (const member of type.members) {
      if (member.name.startsWith("__hole_")) continue;
      const bitOffset = base + member.bitOffset;
      if (member.name === "") visit(member.type, bitOffset);
      else {
        const bits = member.bitSize || btf.sizeOf(member.type) * 8;
        places.push([member.name, bitOffset, bits, member.bitSize > 0]);
      }
    }
  };
  visit(id, 0);
  return { size: btf.sizeOf(id), places };
}
