import type { ElfImage } from "../btf/elf-image.ts";
import { mappedFile } from "../kernel/mapped-file.ts";
import { type Mapping, processMaps } from "../kernel/process-maps.ts";
import { processStat } from "../kernel/process-stat.ts";
import { demangle } from "./demangle.ts";
import { imageKey } from "./kept-images.ts";
import { knownFile } from "./known-files.ts";
import { keptImage, recordedProcess } from "./mapping-log.ts";
import { readImage } from "./read-image.ts";
import { recordedMapping } from "./recorded-processes.ts";
import type { ResolvedSymbol } from "./symbol.ts";

/**
 * Names of a process's addresses, from the symbol tables of the files that it has mapped. What was read once is
 * known after the process has ended, and so is what a log of mappings has recorded. Code that is made at run time (JIT) has no name.
 */
export class ProcessAddresses {
  readonly #pid: number;
  readonly #images = new Map<string, ElfImage | undefined>();
  #maps: readonly Mapping[] = [];
  #identity = "";

  constructor(pid: number) {
    this.#pid = pid;
    this.refresh();
  }

  /** Forgets all when the number stands for another program now: the process has ended, or called exec. */
  refresh(): void {
    const identity = recordedProcess(this.#pid)?.ended ? undefined : identityOf(this.#pid);
    if (identity === undefined || identity === this.#identity) return;
    this.#identity = identity;
    this.#images.clear();
    this.#maps = processMaps(this.#pid) ?? [];
  }

  /** The function at an address; with the module alone where the file knows no name for it. */
  resolve(address: number): Partial<ResolvedSymbol> | undefined {
    return this.#resolve(address, MOST_PARENTS);
  }

  #resolve(address: number, parents: number): Partial<ResolvedSymbol> | undefined {
    const mapped = this.#mapping(address);
    if (mapped !== undefined) return this.#symbol(mapped, address);
    const recorded = recordedProcess(this.#pid);
    const mapping =
      (recorded?.ended ? undefined : this.#newMapping(address)) ??
      (recorded && recordedMapping(recorded, address));
    if (mapping !== undefined) return this.#symbol(mapping, address);
    // What it had when it was forked its parent had, too.
    if (recorded?.parent === undefined || parents === 0) return undefined;
    return processAddresses(recorded.parent).#resolve(address, parents - 1);
  }

  #symbol(mapping: Mapping, address: number): Partial<ResolvedSymbol> | undefined {
    if (mapping.path === "") return undefined;
    const image = mapping.path.startsWith("/") ? this.#image(mapping) : undefined;
    const place = image?.address(address - mapping.start + mapping.offset);
    const found = place === undefined ? undefined : image?.symbols.at(place);
    if (found === undefined || place === undefined) return { module: mapping.path };
    return { name: demangle(found.name), offset: place - found.address, module: mapping.path };
  }

  #mapping(address: number): Mapping | undefined {
    return this.#maps.find(({ start, end }) => address >= start && address < end);
  }

  /** A library may have been loaded since the last look. */
  #newMapping(address: number): Mapping | undefined {
    const maps = processMaps(this.#pid);
    if (maps === undefined || maps.length === 0) return undefined;
    this.#maps = maps;
    return this.#mapping(address);
  }

  #image(mapping: Mapping): ElfImage | undefined {
    const key = imageKey(mapping);
    if (!this.#images.has(key)) {
      const image = readImage(mappedFile(this.#pid, mapping)) ?? keptImage(mapping) ?? knownImage(mapping);
      this.#images.set(key, image);
    }
    return this.#images.get(key);
  }
}

/** Of a file that has a probe. */
function knownImage(mapping: Mapping): ElfImage | undefined {
  const path = knownFile(mapping);
  return path === undefined ? undefined : readImage(path);
}

/** Start time and start of the code: the first changes with the process, the second with exec, too. */
function identityOf(pid: number): string | undefined {
  try {
    const fields = processStat(pid);
    return `${fields[19]} ${fields[23]}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
}

/** Numbers of processes are used again: a chain of them need not end. */
const MOST_PARENTS = 8;

const known = new Map<number, ProcessAddresses>();
const MOST_KNOWN = 256;

/** The addresses of a process, kept for the next question. */
export function processAddresses(pid: number): ProcessAddresses {
  const earlier = known.get(pid);
  if (earlier !== undefined) {
    earlier.refresh();
    return earlier;
  }
  if (known.size >= MOST_KNOWN) known.delete(known.keys().next().value as number);
  const addresses = new ProcessAddresses(pid);
  known.set(pid, addresses);
  return addresses;
}
