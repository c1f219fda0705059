import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Reads the user's own headers out of a directory; without one there are none. */
export function headerReader(directory: string | undefined): (name: string) => string | undefined {
  return (name) => {
    const path = directory === undefined ? undefined : join(directory, name);
    return path !== undefined && existsSync(path) ? readFileSync(path, "utf8") : undefined;
  };
}
