import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { basename, isAbsolute, join, resolve } from "node:path";
import { cachedLibraries } from "./library-cache.ts";
import { mappedFile } from "./mapped-file.ts";
import { pathSeenBy, processMaps } from "./process-maps.ts";

/** Where libraries lie when no cache names them. */
const DIRECTORIES = [
  process.arch === "arm64" ? "/lib/aarch64-linux-gnu" : "/lib/x86_64-linux-gnu",
  "/lib64",
  "/usr/lib64",
  "/lib",
  "/usr/lib",
  "/usr/local/lib",
];

/**
 * The file that a library or program is, from a short name ("c", "libc"), a file name ("libc.so.6", "bash") or
 * a path. With a process the file that this very process uses, in its own mount namespace. Undefined when
 * there is none.
 */
export function findBinary(name: string, pid?: number): string | undefined {
  if (name.includes("/"))
    return existing(pid === undefined || !isAbsolute(name) ? resolve(name) : pathSeenBy(pid, name));
  const used = pid === undefined ? undefined : findInProcess(name, pid);
  return used ?? findLibrary(name, pid === undefined ? "" : pathSeenBy(pid, "")) ?? findProgram(name);
}

/** The file of a shared library, as bcc's find_library: "c" gives "/lib/x86_64-linux-gnu/libc.so.6". */
export function findLibrary(name: string, root = ""): string | undefined {
  const cached = cachedLibraries(root).find(({ soname }) => isLibrary(soname, name));
  const known = cached && existing(`${root}${cached.path}`);
  if (known !== undefined) return known;
  for (const directory of DIRECTORIES) {
    const file = listed(`${root}${directory}`).find((each) => isLibrary(each, name));
    if (file !== undefined) return join(`${root}${directory}`, file);
  }
  return undefined;
}

/** The file of a program on PATH, as bcc's find_exe. */
export function findProgram(name: string): string | undefined {
  const places = (process.env.PATH ?? "").split(":").filter((place) => place !== "");
  return places.map((place) => join(place, name)).find(isProgram);
}

/** "libc.so.6" is the library "c", "libc" and "libc.so.6". */
export function isLibrary(file: string, name: string): boolean {
  const names = name.startsWith("lib") ? [`lib${name}`, name] : [`lib${name}`];
  return file === name || names.some((each) => file === `${each}.so` || file.startsWith(`${each}.so.`));
}

function findInProcess(name: string, pid: number): string | undefined {
  const mapping = processMaps(pid)?.find(
    ({ path, deleted }) =>
      path.startsWith("/") && !deleted && (isLibrary(basename(path), name) || basename(path) === name),
  );
  return mapping && existing(mappedFile(pid, mapping));
}

function existing(path: string): string | undefined {
  return existsSync(path) && statSync(path).isFile() ? path : undefined;
}

function listed(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory).sort() : [];
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Not there, or not ours to run: either way it is not what the shell would run.
    return false;
  }
}
