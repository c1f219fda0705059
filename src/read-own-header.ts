import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Reads the user's own headers out of a directory and out of those that the compiler is given by -I. */
export function headerReader(
  directory: string | undefined,
  cflags: readonly string[] = [],
): (name: string) => string | undefined {
  const directories = [...(directory === undefined ? [] : [directory]), ...includeDirectories(cflags)];
  return (name) => {
    const path = directories.map((each) => join(each, name)).find(existsSync);
    return path === undefined ? undefined : readFileSync(path, "utf8");
  };
}

function includeDirectories(cflags: readonly string[]): string[] {
  return cflags.flatMap((word, i) => {
    if (word === "-I") return cflags[i + 1] ?? [];
    return word.startsWith("-I") ? word.slice(2) : [];
  });
}
