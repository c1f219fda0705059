import type { ElfImage } from "../btf/elf-image.ts";
import { BpfError } from "../errors.ts";
import { readElf } from "../kernel/read-elf.ts";

const NOT_THERE: ReadonlySet<string> = new Set(["ENOENT", "ESRCH", "EACCES", "EPERM"]);

/** The symbols of a file; undefined where it is no ELF file (a font, a database) or no longer there. */
export function readImage(path: string): ElfImage | undefined {
  try {
    return readElf(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof BpfError || NOT_THERE.has(code ?? "")) return undefined;
    throw error;
  }
}
