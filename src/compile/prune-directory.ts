import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** What a cache directory may hold. */
export interface CacheLimit {
  readonly bytes: number;
  readonly entries: number;
}

/** Removes the files that were changed longest ago, until the rest is within the limit. */
export function pruneDirectory(directory: string, limit: CacheLimit): void {
  const entries = readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    const status = statSync(path, { throwIfNoEntry: false });
    return status === undefined ? [] : [{ path, bytes: status.size, changed: status.mtimeMs }];
  });
  entries.sort((a, b) => b.changed - a.changed);
  let bytes = 0;
  entries.forEach((entry, i) => {
    bytes += entry.bytes;
    if (i >= limit.entries || bytes > limit.bytes) rmSync(entry.path, { force: true });
  });
}
