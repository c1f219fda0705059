import type { Btf } from "../btf/btf.ts";

/**
 * The names of an enum's values, by value: a number as decoding gives it, a bigint where the enum has 64 bits.
 * Of several names of one value the first. Undefined when the types have no enum, and no typedef of one, of that name.
 */
export function enumNames(btf: Btf, name: string): ReadonlyMap<number | bigint, string> | undefined {
  const id = btf.find("enum", name) ?? btf.find("typedef", name);
  const type = id === undefined ? undefined : btf.type(btf.resolve(id));
  if (type?.kind !== "enum") return undefined;
  const names = new Map<number | bigint, string>();
  for (const each of type.values) {
    const value = type.size > 4 ? each.value : Number(each.value);
    if (!names.has(value)) names.set(value, each.name);
  }
  return names;
}
