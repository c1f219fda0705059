import { readFileSync } from "node:fs";
import { BpfError } from "../errors.ts";

/** A shared library that the dynamic linker knows. */
export interface CachedLibrary {
  /** "libc.so.6" */
  readonly soname: string;
  readonly path: string;
}

const MAGIC = "glibc-ld.so.cache1.1";
const HEADER_BYTES = 48;
const ENTRY_BYTES = 24;
/** FLAG_ELF_LIBC6 with the machine: other entries are for 32 bit programs. */
const FLAGS: Readonly<Record<string, number>> = { x64: 0x0303, arm64: 0x0a03 };

/**
 * Reads the dynamic linker's cache, which `ldconfig` writes and `ldconfig -p` shows: the libraries for this
 * machine in the order of preference. Throws BpfError "ELF" where it is damaged.
 */
export function parseLibraryCache(bytes: Uint8Array, machine: string = process.arch): CachedLibrary[] {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Older ldconfigs write a table in an older format before this one.
  const start = data.indexOf(MAGIC);
  if (start < 0) throw new BpfError("ELF", "the dynamic linker's cache has an unknown format");
  if (start + HEADER_BYTES > data.length) throw damaged();
  const count = data.readUInt32LE(start + 20);
  if (start + HEADER_BYTES + count * ENTRY_BYTES > data.length) throw damaged();
  const libraries: CachedLibrary[] = [];
  for (let i = 0; i < count; i++) {
    const at = start + HEADER_BYTES + i * ENTRY_BYTES;
    if (data.readUInt32LE(at) !== FLAGS[machine]) continue;
    const soname = textAt(data, start + data.readUInt32LE(at + 4));
    libraries.push({ soname, path: textAt(data, start + data.readUInt32LE(at + 8)) });
  }
  return libraries;
}

/** What the linker's cache of a root directory knows; nothing where there is none, as with musl. */
export function cachedLibraries(root = ""): CachedLibrary[] {
  try {
    return parseLibraryCache(readFileSync(`${root}/etc/ld.so.cache`));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function textAt(data: Buffer, at: number): string {
  const end = data.indexOf(0, at);
  if (at >= data.length || end < 0) throw damaged();
  return data.toString("utf8", at, end);
}

function damaged(): BpfError {
  return new BpfError("ELF", "the dynamic linker's cache is damaged");
}
