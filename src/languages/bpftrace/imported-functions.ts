import type { Btf } from "../../btf/btf.ts";
import type { Type } from "../../program/types.ts";
import type { CTypes } from "./c-types.ts";

/** BTF's word for it. */
const GLOBAL = 1;

/** A function of C that the script imports. */
export interface ImportedFunction {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly type: Type }[];
  /** Of kind none for void. */
  readonly returns: Type;
}

/** The functions that compiled C has for others: not its static ones. */
export function importedFunctions(btf: Btf, types: CTypes): Map<string, ImportedFunction> {
  const found = new Map<string, ImportedFunction>();
  for (const name of btf.ownNames("func")) {
    const func = btf.type(btf.find("func", name) ?? 0);
    const prototype = func.kind === "func" && func.linkage === GLOBAL ? btf.type(func.to) : undefined;
    if (prototype?.kind !== "func_proto") continue;
    const parameters = prototype.parameters.map((parameter) => ({
      name: parameter.name,
      type: types.typeOf(btf, parameter.type),
    }));
    found.set(name, { name, parameters, returns: types.typeOf(btf, prototype.returns) });
  }
  return found;
}
