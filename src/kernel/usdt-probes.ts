import { type UsdtNote, usdtNotes } from "../btf/usdt-notes.ts";
import { BpfError } from "../errors.ts";
import type { UsdtLocation, UsdtProbe } from "../program/usdt.ts";
import { parseUsdtArguments } from "../program/usdt-arguments.ts";
import { mappedFile } from "./mapped-file.ts";
import { processMaps } from "./process-maps.ts";
import { readElf, withSections } from "./read-elf.ts";

/** The probes that an executable or library declares of itself. Throws BpfError "ELF" where it is damaged. */
export function usdtProbesOfFile(path: string): UsdtProbe[] {
  return together(locationsOf(path));
}

/**
 * The probes of a running process: of its program and of all libraries that it has loaded, as it sees them.
 * Undefined when there is no such process. What is no ELF file of this machine is left out.
 */
export function usdtProbesOfProcess(pid: number): UsdtProbe[] | undefined {
  const maps = processMaps(pid);
  if (maps === undefined) return undefined;
  const mapped = maps.filter(
    ({ executable, path, deleted }) => executable && path.startsWith("/") && !deleted,
  );
  const files = new Map(mapped.map((mapping) => [mapping.file, mapping]));
  return together([...files.values()].flatMap((mapping) => locationsOrNone(mappedFile(pid, mapping))));
}

type Located = Pick<UsdtNote, "provider" | "name"> & { readonly location: UsdtLocation };

function locationsOrNone(path: string): Located[] {
  try {
    return locationsOf(path);
  } catch (error) {
    const gone = ["ENOENT", "EACCES", "ESRCH"].includes(String((error as NodeJS.ErrnoException).code));
    if (gone || (BpfError.is(error) && error.code === "ELF")) return [];
    throw error;
  }
}

function locationsOf(path: string): Located[] {
  const { notes, machine } = withSections(path, (sections) => {
    return { notes: usdtNotes(sections), machine: sections.machine };
  });
  if (notes.length === 0 || machine === undefined) return [];
  const image = readElf(path);
  const symbol = (name: string) => image.symbols.addressOf(name);
  return notes.flatMap(({ provider, name, address, semaphore, arguments: text }) => {
    const fileOffset = image.fileOffset(address);
    // The linker removed the function, and the note stayed.
    if (fileOffset === undefined) return [];
    const counter = semaphore === 0 ? 0 : (image.fileOffset(semaphore) ?? 0);
    const parsed = parseUsdtArguments(text, { machine, address, symbol });
    return [{ provider, name, location: { path, fileOffset, semaphore: counter, arguments: parsed } }];
  });
}

function together(all: readonly Located[]): UsdtProbe[] {
  const probes = new Map<string, UsdtProbe & { readonly locations: UsdtLocation[] }>();
  for (const { provider, name, location } of all) {
    const key = `${provider}\0${name}`;
    const probe = probes.get(key) ?? { provider, name, locations: [] };
    probe.locations.push(location);
    probes.set(key, probe);
  }
  return [...probes.values()];
}
