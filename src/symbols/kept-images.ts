import { readlinkSync } from "node:fs";
import type { ElfImage } from "../btf/elf-image.ts";
import { mappedFile } from "../kernel/mapped-file.ts";
import type { Mapping } from "../kernel/process-maps.ts";
import type { ProcessRecord } from "./mapping-records.ts";
import { readImage } from "./read-image.ts";

const MOST_IMAGES = 64;
const MOST_PROCESSES = 4096;

/**
 * The symbols of files that may be out of reach once a process has ended, because it has another root or other mounts than
 * this one (a container): they are read while it runs.
 */
export class KeptImages {
  readonly #images = new Map<string, ElfImage>();
  /** Whether a process sees other files than we do. */
  readonly #elsewhere = new Map<number, boolean>();

  get(mapping: Mapping): ElfImage | undefined {
    return this.#images.get(imageKey(mapping));
  }

  /** Takes what was recorded last; `parent` is where the process comes from, if that is known. */
  see(record: ProcessRecord, parent: number | undefined): void {
    const { kind, pid } = record;
    // With exec it may have another root than before: chroot, unshare and their kin call it.
    if (kind !== "map") this.#elsewhere.delete(pid);
    else if (this.#isElsewhere(pid, parent)) this.#keep(record.mapping, pid, parent);
  }

  #isElsewhere(pid: number, parent: number | undefined): boolean {
    const known = this.#elsewhere.get(pid);
    if (known !== undefined) return known;
    const place = placeOf(pid) ?? (parent === undefined ? undefined : placeOf(parent));
    const is = place !== undefined && place !== placeOf("self");
    if (this.#elsewhere.size >= MOST_PROCESSES) this.#elsewhere.clear();
    this.#elsewhere.set(pid, is);
    return is;
  }

  #keep(mapping: Mapping, pid: number, parent: number | undefined): void {
    const key = imageKey(mapping);
    if (!mapping.path.startsWith("/") || this.#images.has(key)) return;
    const image =
      readImage(mappedFile(pid, mapping)) ??
      (parent === undefined ? undefined : readImage(mappedFile(parent, mapping)));
    if (image === undefined) return;
    if (this.#images.size >= MOST_IMAGES) this.#images.delete(this.#images.keys().next().value as string);
    this.#images.set(key, image);
  }
}

export function imageKey({ file, path }: Mapping): string {
  return `${file} ${path}`;
}

/** Mounts and root of a process; undefined when it has ended or may not be looked at. */
function placeOf(pid: number | "self"): string | undefined {
  try {
    return `${readlinkSync(`/proc/${pid}/ns/mnt`)} ${readlinkSync(`/proc/${pid}/root`)}`;
  } catch {
    return undefined;
  }
}
