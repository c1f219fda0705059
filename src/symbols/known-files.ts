import { statSync } from "node:fs";
import { basename } from "node:path";
import type { Mapping } from "../kernel/process-maps.ts";

const MOST_FILES = 256;
const files = new Set<string>();

/** Takes note of a program or library whose addresses may be asked for: one that has a probe. */
export function rememberFile(path: string): void {
  if (files.size >= MOST_FILES) files.clear();
  files.add(path);
}

/** Where from here a mapped file is that its process saw at another path, in a container for instance. */
export function knownFile({ file, path }: Mapping): string | undefined {
  const inode = BigInt(file.slice(file.indexOf(" ") + 1));
  const name = basename(path);
  return [...files].find((known) => basename(known) === name && inodeOf(known) === inode);
}

function inodeOf(path: string): bigint | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
  } catch {
    return undefined; // What may not be looked at is not it.
  }
}
