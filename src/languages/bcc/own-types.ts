import { walk } from "./syntax-tree.ts";
import type { TranslationUnit } from "./translation-unit.ts";

/** Structs that the program defines anew: the kernel's BTF tells something else of them. */
export function ownTypes(unit: TranslationUnit): Set<string> {
  const own = new Set<string>();
  walk(unit.root, (node) => {
    if (node.kind === "RecordDecl" && node.completeDefinition && unit.places.startOf(node) !== undefined) {
      own.add(`${node.tagUsed} ${node.name}`);
    }
    return true;
  });
  return own;
}
