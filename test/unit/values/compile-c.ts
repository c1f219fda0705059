import { Btf } from "../../../src/btf/btf.ts";
import { elfSection } from "../../../src/btf/elf.ts";
import { compileObject } from "../btf/compile-object.ts";

export interface CompiledC {
  readonly btf: Btf;
  section(name: string): Uint8Array;
  /** The type of a global variable. */
  variableType(name: string): number;
}

/** C text compiled by clang, for what it says of types and constants. */
export function compileC(text: string): CompiledC {
  const bytes = compileObject(text, ["-w"]);
  const section = (name: string) => {
    const found = elfSection(bytes, name);
    if (found === undefined) throw new Error(`no section ${name}`);
    return found;
  };
  const btf = Btf.parse(section(".BTF"));
  return { btf, section, variableType: (name) => variableType(btf, name) };
}

function variableType(btf: Btf, name: string): number {
  const variable = btf.type(btf.find("var", name) ?? 0);
  if (variable.kind !== "var") throw new Error(`no variable ${name}`);
  return variable.to;
}
