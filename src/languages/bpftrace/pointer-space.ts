import type { PointerType, Type } from "../../program/types.ts";

/** Pointers out of user memory lead there, too; those in the kernel know by themselves. */
export function withSpace(type: Type, { space }: Pick<PointerType, "space">): Type {
  if (type.kind !== "pointer" || space === "kernel" || space === "frame" || type.space === space) return type;
  return {
    kind: "pointer",
    space,
    get to() {
      return type.to;
    },
  };
}
