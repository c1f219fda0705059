import { type BigIntStats, lstatSync, statSync } from "node:fs";
import { type Mapping, pathSeenBy } from "./process-maps.ts";

/**
 * Where from here the file is that a process has mapped. The kernel tells its path from our own root where the
 * process has another one in the same mount namespace (chroot), and in another namespace from that one's root. Where
 * neither leads to it, as after an upgrade has replaced it, the mapping itself does.
 */
export function mappedFile(pid: number, { path, start, end, file, deleted }: Mapping): string {
  const seen = pathSeenBy(pid, path);
  const inode = BigInt(file.slice(file.indexOf(" ") + 1));
  // The devices' numbers are not compared: those of overlays and of btrfs's volumes are told differently.
  const isFile = (place: string) => stats(place)?.ino === inode;
  if (!deleted && isFile(seen)) return seen;
  if (!deleted && isFile(path)) return path;
  const mapping = `/proc/${pid}/map_files/${start.toString(16)}-${end.toString(16)}`;
  return isThere(mapping) ? mapping : seen;
}

function stats(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined; // What may not be looked at is not found there.
  }
}

function isThere(link: string): boolean {
  try {
    return lstatSync(link, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
