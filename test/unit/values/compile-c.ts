import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Btf } from "../../../src/btf/btf.ts";
import { elfSection } from "../../../src/btf/elf.ts";

const clang = fileURLToPath(new URL("../../../../node_modules/clang-linux-x64/clang", import.meta.url));

export interface CompiledC {
  readonly btf: Btf;
  section(name: string): Uint8Array;
  /** The type of a global variable. */
  variableType(name: string): number;
}

/** C text compiled by the clang that the package depends on, for what it says of types and constants. */
export function compileC(text: string): CompiledC {
  const directory = mkdtempSync(join(tmpdir(), "bcc-ts-values-"));
  try {
    const [source, object] = [join(directory, "types.c"), join(directory, "types.o")];
    writeFileSync(source, text);
    execFileSync(clang, ["-target", "bpf", "-g", "-O2", "-w", "-c", source, "-o", object]);
    const bytes = readFileSync(object);
    const section = (name: string) => {
      const found = elfSection(bytes, name);
      if (found === undefined) throw new Error(`no section ${name}`);
      return found;
    };
    const btf = Btf.parse(section(".BTF"));
    return { btf, section, variableType: (name) => variableType(btf, name) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function variableType(btf: Btf, name: string): number {
  const variable = btf.type(btf.find("var", name) ?? 0);
  if (variable.kind !== "var") throw new Error(`no variable ${name}`);
  return variable.to;
}
