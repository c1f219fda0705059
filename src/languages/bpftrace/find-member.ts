import type { StructMember, StructType } from "../../program/types.ts";

/** Members of nameless structs belong to the one around them. */
export function findMember(struct: StructType, name: string): StructMember | undefined {
  for (const member of struct.members()) {
    if (member.name === name) return member;
    if (member.name !== "" || member.type.kind !== "struct") continue;
    const inner = findMember(member.type, name);
    if (inner !== undefined) return { ...inner, bitOffset: inner.bitOffset + member.bitOffset };
  }
  return undefined;
}
