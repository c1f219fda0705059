import type { Btf } from "./btf.ts";
import { damaged } from "./btf-damage.ts";

const MOST_VISITS = 100_000;

/** Assertions on the offsets of members, also of those inside anonymous members; bit-fields have no address. */
export function offsetAssertions(
  btf: Btf,
  spelling: string,
  id: number,
  isWanted: (member: string) => boolean,
): string[] {
  const lines: string[] = [];
  let visits = 0;
  const visit = (at: number, base: number, depth: number): void => {
    const type = btf.type(at);
    if (type.kind !== "struct" && type.kind !== "union") return;
    if (depth > 100 || ++visits > MOST_VISITS) throw damaged(`type ${id} has no end`);
    for (const member of type.members) {
      const bits = base + member.bitOffset;
      if (member.name === "") visit(btf.resolve(member.type), bits, depth + 1);
      else if (member.bitSize === 0 && isWanted(member.name)) {
        const place = `__builtin_offsetof(${spelling}, ${member.name})`;
        lines.push(`_Static_assert(${place} == ${bits / 8}, "offset of ${spelling} ${member.name}");`);
      }
    }
  };
  visit(id, 0, 0);
  return lines;
}
