import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { CpioEntry } from "./cpio.ts";

/** A file that a saved guest holds in memory, so that a restored one need not read it from the host. */
export interface ToolFile {
  readonly path: string;
  /** -1 when there is no such file any more. */
  readonly size: number;
  readonly mtimeMs: number;
}

// What a command of bcc-ts starts with.
const PROGRAMS = [process.execPath, "/bin/sh", "/usr/bin/env"];

/** node, the shell and the libraries they are linked with, as they are on the host now. */
export function findToolFiles(): ToolFile[] {
  const programs = PROGRAMS.filter((path) => existsSync(path));
  return [...new Set([...programs, ...programs.flatMap(linkedLibraries)])].map(describeTool);
}

/** A tool file's present size and time, by which a saved state's are compared. */
export function describeTool(path: string): ToolFile {
  const status = statSync(path, { throwIfNoEntry: false });
  return { path, size: status?.size ?? -1, mtimeMs: status?.mtimeMs ?? 0 };
}

/** The entries that put tool files, and the links that lead to them, under `prefix`, at the paths they have on the host. */
export function toolEntries(files: readonly ToolFile[], prefix: string): CpioEntry[] {
  const entries = new Map<string, CpioEntry>();
  for (const { path } of files) addFile(entries, prefix, path);
  return [...entries.values()];
}

// The dynamic linker's own list: "name => /path (address)" or "/path (address)". For a static program ldd lists
// nothing and ends with status 1.
function linkedLibraries(program: string): string[] {
  const { stdout, error } = spawnSync("ldd", [program], { encoding: "utf8" });
  if (error !== undefined) throw error;
  return [...stdout.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)].map((match) => match[1] as string);
}

function addFile(entries: Map<string, CpioEntry>, prefix: string, path: string): void {
  const directory = realpathSync(dirname(path));
  addDirectory(entries, prefix, directory);
  const place = join(directory, basename(path));
  const status = lstatSync(place);
  const common = {
    path: prefix + place,
    mode: status.mode & 0o7777,
    time: Math.floor(status.mtimeMs / 1000),
  };
  if (status.isSymbolicLink()) {
    const target = readlinkSync(place);
    entries.set(place, { ...common, kind: "link", data: target });
    addFile(entries, prefix, resolve(directory, target));
  } else {
    entries.set(place, { ...common, kind: "file", data: readFileSync(place) });
  }
}

// The guest's merged directory shows the attributes of this copy, so they are the host's.
function addDirectory(entries: Map<string, CpioEntry>, prefix: string, directory: string): void {
  if (directory === "/" || entries.has(directory)) return;
  addDirectory(entries, prefix, dirname(directory));
  const status = statSync(directory);
  entries.set(directory, {
    path: prefix + directory,
    kind: "directory",
    mode: status.mode & 0o7777,
    time: Math.floor(status.mtimeMs / 1000),
  });
}
