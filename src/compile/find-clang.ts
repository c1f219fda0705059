import { accessSync, constants, statSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join, resolve } from "node:path";
import { CompilerError } from "./compiler-error.ts";

/** A clang: what to execute, and a text that changes when another compiler stands in its place. */
export interface Clang {
  readonly path: string;
  readonly arguments: readonly string[];
  readonly origin: "BCC_TS_CLANG" | "clang-wasm" | "system";
  readonly identity: string;
}

const INSTALL_HINT =
  "Run npm ci to bring the clang-wasm package, install Debian's package clang, or set BCC_TS_CLANG to a clang >= 14.";

/** The system's names, newest first: the plain name may be older than a numbered one. */
const SYSTEM_NAMES = ["clang", ...[22, 21, 20, 19, 18, 17, 16, 15, 14].map((version) => `clang-${version}`)];

/**
 * The clang to use: `BCC_TS_CLANG`, the one in the clang-wasm package, or the system's.
 *
 * @throws CompilerError when there is none
 */
export function findClang(environment: NodeJS.ProcessEnv = process.env): Clang {
  const chosen = environment.BCC_TS_CLANG;
  if (chosen !== undefined && chosen !== "") return chosenClang(chosen);
  const found = packagedClang() ?? systemClang(environment.PATH ?? "");
  if (found === undefined) throw new CompilerError("no clang was found", { hint: INSTALL_HINT });
  return found;
}

function chosenClang(chosen: string): Clang {
  const path = resolve(chosen);
  if (!isExecutable(path)) {
    const hint = "Set it to the path of an executable clang >= 14, or unset it.";
    throw new CompilerError(`BCC_TS_CLANG names ${path}, which is not an executable file`, { hint });
  }
  return { path, arguments: [], origin: "BCC_TS_CLANG", identity: identityOf(path) };
}

/** The package's launcher is a shell script around its own loader and C library; calling the loader saves the shell. */
function packagedClang(): Clang | undefined {
  const directory = packageDirectory();
  if (directory === undefined) return undefined;
  const launcher = join(directory, "clang");
  const loader = join(directory, "ld-linux-x86-64.so.2");
  const real = join(directory, "clang-real");
  if (isExecutable(loader) && isReadable(real)) {
    const identity = identityOf(real);
    return { path: loader, arguments: ["--library-path", directory, real], origin: "clang-wasm", identity };
  }
  return isExecutable(launcher)
    ? { path: launcher, arguments: [], origin: "clang-wasm", identity: identityOf(launcher) }
    : undefined;
}

/** The one package that clang-wasm has for Linux. Asking its own JavaScript would load node:child_process. */
const BINARIES = "clang-linux-x64";

let foundDirectory: { readonly path: string | undefined } | undefined;

function packageDirectory(): string | undefined {
  foundDirectory ??= { path: findPackage() };
  return foundDirectory.path;
}

function findPackage(): string | undefined {
  if (process.arch !== "x64") return undefined;
  try {
    const package_ = createRequire(import.meta.url).resolve("clang-wasm");
    return dirname(createRequire(package_).resolve(BINARIES));
  } catch {
    return undefined; // Not installed: the system's clang is next.
  }
}

function systemClang(path: string): Clang | undefined {
  for (const name of SYSTEM_NAMES) {
    for (const directory of path.split(delimiter)) {
      const candidate = join(directory, name);
      if (directory.startsWith("/") && isExecutable(candidate)) {
        return { path: candidate, arguments: [], origin: "system", identity: identityOf(candidate) };
      }
    }
  }
  return undefined;
}

function identityOf(path: string): string {
  const { size, mtimeMs } = statSync(path);
  return `${path} ${size} ${Math.trunc(mtimeMs)}`;
}

function isExecutable(path: string): boolean {
  return isAccessible(path, constants.X_OK) && statSync(path).isFile();
}

function isReadable(path: string): boolean {
  return isAccessible(path, constants.R_OK);
}

function isAccessible(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
