import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { BpfError } from "./errors.ts";
import type { ScriptFiles } from "./languages/bpftrace/script-files.ts";
import { LIBRARY } from "./languages/bpftrace/standard-library.ts";
import { packageFile } from "./package-root.ts";
import { SourceText } from "./source/source-text.ts";

const MOST_BYTES = 1 << 20;

/** The files that scripts of this machine name: beside the script, in the directories given, and our own library. */
export function liveScriptFiles(directories: readonly string[]): ScriptFiles {
  const given = [...directories, ...ofEnvironment("CPATH"), ...ofEnvironment("C_INCLUDE_PATH")];
  return {
    imported: (path, from) => {
      if (path.startsWith(LIBRARY)) return library(path.slice(LIBRARY.length));
      const found = places(path, [directoryOf(from), ...given]).find(existsSync);
      if (found === undefined) return undefined;
      if (!statSync(found).isDirectory()) return [readText(found)];
      const names = readdirSync(found).sort();
      return names
        .filter((name) => /\.(?:bt|h|bpf\.c)$/.test(name))
        .map((name) => readText(join(found, name)));
    },
    header: (path, from) => {
      const beside = from === undefined ? [] : [directoryOf(from)];
      const found = places(path, [...beside, ...given]).find(
        (each) => existsSync(each) && statSync(each).isFile(),
      );
      return found === undefined ? undefined : readText(found);
    },
  };
}

function ofEnvironment(name: string): string[] {
  return (process.env[name] ?? "").split(":").filter((directory) => directory !== "");
}

/** A text of -e is in no file: its directory is the current one. */
function directoryOf(name: string): string {
  return name.includes("/") || existsSync(name) ? dirname(resolve(name)) : process.cwd();
}

function places(path: string, directories: readonly string[]): string[] {
  return isAbsolute(path) ? [path] : directories.map((directory) => resolve(directory, path));
}

/** "test" or "test.bt" of our own library. */
function library(name: string): SourceText[] | undefined {
  if (!/^\w+(?:\.bt)?$/.test(name)) return undefined;
  const file = name.endsWith(".bt") ? name : `${name}.bt`;
  const path = packageFile("bpf", "script", "stdlib", file);
  return existsSync(path) ? [new SourceText(`${LIBRARY}${file}`, readFileSync(path, "utf8"))] : undefined;
}

/** What a script says may be a device or a pipe: only files are read, and not large ones. */
function readText(path: string): SourceText {
  const fd = openSync(path, "r");
  try {
    const { size } = fstatSync(fd);
    if (!fstatSync(fd).isFile() || size > MOST_BYTES) {
      throw new BpfError("SCRIPT_FILE", `${path} is no text of at most ${MOST_BYTES} bytes`);
    }
    return new SourceText(path, readFileSync(fd, "utf8"));
  } finally {
    closeSync(fd);
  }
}
