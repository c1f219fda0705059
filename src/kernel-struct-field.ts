import type { Btf } from "./btf/btf.ts";

/** Whether a struct or union has a member of a name; undefined when there is no such type. */
export function hasField(btf: Btf, struct: string, field: string): boolean | undefined {
  const id = btf.find(["struct", "union"], struct);
  return id === undefined ? undefined : memberNamed(btf, id, field);
}

function memberNamed(btf: Btf, id: number, field: string): boolean {
  const type = btf.type(id);
  if (type.kind !== "struct" && type.kind !== "union") return false;
  // The members of an anonymous struct are the outer struct's in C.
  return type.members.some(({ name, type: inner }) =>
    name === "" ? memberNamed(btf, btf.resolve(inner), field) : name === field,
  );
}
