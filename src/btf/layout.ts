import type { Btf } from "./btf.ts";
import { damaged } from "./btf-damage.ts";
import type { CompositeType, Member } from "./btf-type.ts";

/** A member with its place counted from the start of the outermost struct. */
export interface PlacedMember {
  /** As one writes it in C: "__sk_common.skc_daddr". */
  readonly path: string;
  readonly type: number;
  readonly bitOffset: number;
  /** 0 for a member that is not a bit-field. */
  readonly bitSize: number;
}

/** Damaged BTF can nest anonymous structs without end. */
const MOST_VISITS = 100_000;
const MOST_DEPTH = 200;
const PATH = /^[A-Za-z_]\w*(\[\d+\]|\.[A-Za-z_]\w*)*$/;

/**
 * Finds a member by its path as C writes it: names through anonymous members, "a.b", "a[2].b". Pointers are
 * not followed. Gives undefined where the path leads nowhere.
 */
export function memberAtPath(btf: Btf, id: number, path: string): PlacedMember | undefined {
  if (!PATH.test(path)) return undefined;
  let place: PlacedMember = { path: "", type: id, bitOffset: 0, bitSize: 0 };
  for (const step of path.match(/\w+/g) ?? []) {
    // Names of members do not begin with a digit.
    const next = /^\d/.test(step) ? element(btf, place, Number(step)) : named(btf, place, step);
    if (next === undefined) return undefined;
    place = next;
  }
  return { ...place, path };
}

function element(btf: Btf, place: PlacedMember, index: number): PlacedMember | undefined {
  const type = btf.type(btf.resolve(place.type));
  // A count of 0 is a flexible array.
  if (type.kind !== "array" || (type.count > 0 && index >= type.count)) return undefined;
  const bitOffset = place.bitOffset + index * btf.sizeOf(type.of) * 8;
  return { path: `${place.path}[${index}]`, type: type.of, bitOffset, bitSize: 0 };
}

/** Searches the anonymous members too, as C does. */
function named(btf: Btf, place: PlacedMember, name: string): PlacedMember | undefined {
  let visits = 0;
  const search = (at: PlacedMember, depth: number): PlacedMember | undefined => {
    const type = composite(btf, btf.resolve(at.type));
    if (type === undefined) return undefined;
    if (depth > MOST_DEPTH || ++visits > MOST_VISITS) throw damaged(`type ${at.type} has no end`);
    const own = type.members.find((member) => member.name === name);
    if (own !== undefined) return inside(at, own);
    for (const member of type.members) {
      if (member.name !== "") continue;
      const found = search(inside(at, member), depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return search(place, 0);
}

function inside(place: PlacedMember, member: Member): PlacedMember {
  const dot = place.path === "" || member.name === "" ? "" : ".";
  return {
    path: `${place.path}${dot}${member.name}`,
    type: member.type,
    bitOffset: place.bitOffset + member.bitOffset,
    bitSize: member.bitSize,
  };
}

function composite(btf: Btf, id: number): CompositeType | undefined {
  const type = btf.type(id);
  return type.kind === "struct" || type.kind === "union" ? type : undefined;
}
