import { realpathSync } from "node:fs";
import type { ElfImage } from "../btf/elf-image.ts";
import { AttachError, BpfError } from "../errors.ts";
import { processLibrary } from "../ffi/library.ts";
import { findBinary } from "../kernel/find-binary.ts";
import { processMaps } from "../kernel/process-maps.ts";
import { readElf } from "../kernel/read-elf.ts";
import type { UserFunctionPoint } from "../program/program.ts";
import { similarNames } from "../source/similar-names.ts";
import { checkMatches, compilePattern } from "./pattern.ts";

/** Where a uprobe goes: the kernel knows files and offsets in them, no symbols. */
export interface UprobePlace {
  readonly path: string;
  readonly fileOffset: number;
}

/** "libc.so.6:malloc", "/usr/bin/app:main+0x10", "bash:0x1234" */
export function uprobeName({ binary, symbol, pattern, address = 0, offset = 0 }: UserFunctionPoint): string {
  const base = symbol ?? pattern ?? `0x${address.toString(16)}`;
  return `${binary}:${base}${offset === 0 ? "" : `+0x${offset.toString(16)}`}`;
}

/**
 * The functions that a pattern of symbols means; those that the dynamic linker chooses are left out. Throws
 * AttachError where nothing matches.
 */
export function matchingFunctions(point: UserFunctionPoint, pattern: string) {
  const { image } = openBinary(point);
  const found = image.symbols.matching(compilePattern(pattern)).filter(({ indirect }) => !indirect);
  checkMatches(pattern, `function of ${point.binary}`, found.length);
  return found;
}

/** Their places. */
export function uprobePlaces(point: UserFunctionPoint, pattern: string): UserFunctionPoint[] {
  return matchingFunctions(point, pattern).map(({ address }) => ({
    ...point,
    pattern: undefined,
    symbol: undefined,
    address,
  }));
}

/** Finds the place. Throws AttachError where there is no such file or function, with similar names. */
export function uprobePlace(point: UserFunctionPoint): UprobePlace {
  if ((point.symbol === undefined) === (point.address === undefined)) {
    throw refusal(point, "say either a symbol or an address");
  }
  const { path, image } = openBinary(point);
  const address = point.address ?? symbolAddress(point, path, image);
  const fileOffset = image.fileOffset(address + (point.offset ?? 0));
  if (fileOffset === undefined) throw refusal(point, "the file has no code at this address");
  return { path, fileOffset };
}

function openBinary(point: UserFunctionPoint): { path: string; image: ElfImage } {
  const path = findBinary(point.binary, point.pid);
  if (path === undefined) throw noBinary(point);
  return { path, image: readImage(point, path) };
}

function symbolAddress(point: UserFunctionPoint, path: string, image: ElfImage): number {
  const found = image.symbols.find(point.symbol ?? "");
  if (found === undefined) throw noSymbol(point, image);
  if (!found.indirect) return found.address;
  const chosen = chosenAddress(point.symbol ?? "", path, image);
  if (chosen !== undefined) return chosen;
  const hint = "Give the address of one of its variants, which a debugger shows.";
  throw refusal(
    point,
    "the function is chosen when the library is loaded, and this process does not use it",
    hint,
  );
}

/**
 * The variant that the dynamic linker chose for this machine's processor. It is the same in every process, and
 * this one knows it when it uses the library, as it does libc.
 */
function chosenAddress(symbol: string, path: string, image: ElfImage): number | undefined {
  const address = processLibrary().find(symbol);
  if (address === undefined) return undefined;
  const mapping = processMaps("self")?.find(({ start, end }) => address >= start && address < end);
  if (mapping === undefined || mapping.path !== realpathSync(path)) return undefined;
  return image.address(address - mapping.start + mapping.offset);
}

function readImage(point: UserFunctionPoint, path: string): ElfImage {
  try {
    return readElf(path);
  } catch (cause) {
    const reason = cause instanceof BpfError ? cause.message : `${path} cannot be read`;
    throw refusal(point, reason, undefined, cause);
  }
}

function noBinary(point: UserFunctionPoint): AttachError {
  const { binary, pid } = point;
  if (pid !== undefined && processMaps(pid) === undefined)
    return refusal(point, `there is no process ${pid}`);
  const hint =
    "A library is named without its .so (c, libssl), or by its path; a program by its name or path.";
  return refusal(point, `there is no library or program ${binary}`, hint);
}

/** Libraries that have become part of libc, and are empty since. */
function isInLibc({ binary, symbol = "", pid }: UserFunctionPoint): boolean {
  const libc = /^(?:pthread|rt|dl|util|anl)$/.test(binary) ? findBinary("c", pid) : undefined;
  return libc !== undefined && readElf(libc).symbols.find(symbol) !== undefined;
}

function noSymbol(point: UserFunctionPoint, image: ElfImage): AttachError {
  const target = uprobeName(point);
  const similar = similarNames(point.symbol ?? "", image.symbols.names());
  const [nearest] = similar;
  const hint = isInLibc(point)
    ? `glibc 2.34 and later have it in libc: c:${point.symbol}.`
    : nearest === undefined
      ? "A stripped file knows only what it exports. For C++ and Rust the mangled name is needed: `nm` lists them."
      : `Did you mean ${nearest}?`;
  return new AttachError(
    target,
    `cannot attach to ${target}: ${point.binary} has no function ${point.symbol}`,
    {
      similar,
      hint,
    },
  );
}

function refusal(point: UserFunctionPoint, reason: string, hint?: string, cause?: unknown): AttachError {
  const target = uprobeName(point);
  return new AttachError(target, `cannot attach to ${target}: ${reason}`, { hint, cause });
}
