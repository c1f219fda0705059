import type { Btf } from "../btf/btf.ts";
import type { MapHandle } from "./map-handle.ts";

/**
 * The types of a map's keys and values, 0 where nothing says them. They come from the loader, or else from
 * the map's declaration in the object: of queues and other kinds the kernel keeps none.
 */
export function declaredTypes(btf: Btf, map: MapHandle): { key: number; value: number } {
  return {
    key: map.keyTypeId || memberTarget(btf, map.name, "key"),
    value: map.valueTypeId || memberTarget(btf, map.name, "value"),
  };
}

/** A declaration is a variable whose struct has a pointer to each type: `typeof(u32) *key`. */
function memberTarget(btf: Btf, variable: string, member: string): number {
  const id = btf.find("var", variable);
  if (id === undefined) return 0;
  const declaration = btf.type(id);
  if (declaration.kind !== "var") return 0;
  const struct = btf.type(btf.resolve(declaration.to));
  const type =
    struct.kind === "struct" ? struct.members.find((each) => each.name === member)?.type : undefined;
  const pointer = type === undefined ? undefined : btf.type(btf.resolve(type));
  return pointer?.kind === "ptr" ? pointer.to : 0;
}
