import type { Btf } from "./btf.ts";
import { damaged } from "./btf-damage.ts";
import type { BtfType } from "./btf-type.ts";
import { writeBtf } from "./write-btf.ts";

/**
 * Cuts BTF down to some types, as BTF that stands by itself. Structs and unions that are kept have all their
 * members and everything that they contain by value; what only a pointer leads to becomes a forward
 * declaration, unless it is kept as well. Ids change, their order does not.
 */
export function reduceBtf(btf: Btf, keep: Iterable<number>): Uint8Array {
  const kept = closure(btf, keep);
  const order = [...kept].sort((a, b) => a - b);
  const ids = new Map<number, number>([[0, 0]]);
  const types: BtfType[] = [];
  for (const id of order) ids.set(id, types.push(btf.type(id)));
  const forwards = new Map<string, number>();
  const renumber = (id: number): number => {
    const known = ids.get(id);
    if (known !== undefined) return known;
    const type = btf.type(id);
    // The closure leaves out nothing else than structs and unions with a name.
    if (type.kind !== "struct" && type.kind !== "union") throw damaged(`type ${id} is out of reach`);
    const key = `${type.kind} ${type.name}`;
    const forward = forwards.get(key) ?? types.push({ kind: "fwd", name: type.name, of: type.kind });
    forwards.set(key, forward);
    return forward;
  };
  const count = types.length;
  for (let i = 0; i < count; i++) types[i] = renumbered(types[i] as BtfType, renumber);
  return writeBtf(types);
}

function closure(btf: Btf, keep: Iterable<number>): Set<number> {
  const kept = new Set<number>();
  const pending = [...keep].map((id) => ({ id, whole: true }));
  const seen = new Set<string>();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { id, whole } = next;
    const key = `${id} ${whole}`;
    if (id === 0 || seen.has(key)) continue;
    seen.add(key);
    const type = btf.type(id);
    const isTag = (type.kind === "struct" || type.kind === "union") && type.name !== "";
    if (isTag && !whole) continue;
    kept.add(id);
    for (const reference of references(type)) {
      pending.push({ id: reference, whole: containsWhole(type) || (whole && isPassedThrough(type)) });
    }
  }
  return kept;
}

/** Members and elements are part of the type, so they are kept with all they hold. */
function containsWhole(type: BtfType): boolean {
  return type.kind === "struct" || type.kind === "union" || type.kind === "array" || type.kind === "var";
}

/** A whole typedef or qualified type is its target. */
function isPassedThrough(type: BtfType): boolean {
  return (
    type.kind === "typedef" ||
    type.kind === "const" ||
    type.kind === "volatile" ||
    type.kind === "restrict" ||
    type.kind === "type_tag"
  );
}

/** All types that a type mentions. */
function references(type: BtfType): number[] {
  const ids: number[] = [];
  renumbered(type, (id) => ids.push(id));
  return ids;
}

function renumbered(type: BtfType, id: (id: number) => number): BtfType {
  switch (type.kind) {
    case "ptr":
    case "typedef":
    case "const":
    case "volatile":
    case "restrict":
    case "type_tag":
    case "func":
    case "var":
    case "decl_tag":
      return { ...type, to: id(type.to) };
    case "array":
      return { ...type, of: id(type.of), index: id(type.index) };
    case "struct":
    case "union":
      return { ...type, members: type.members.map((member) => ({ ...member, type: id(member.type) })) };
    case "func_proto":
      return {
        ...type,
        returns: id(type.returns),
        parameters: type.parameters.map((p) => ({ ...p, type: id(p.type) })),
      };
    case "datasec":
      return { ...type, variables: type.variables.map((v) => ({ ...v, type: id(v.type) })) };
    default:
      return type;
  }
}
