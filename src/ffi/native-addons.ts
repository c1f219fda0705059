import { createRequire, Module } from "node:module";
import { BpfError } from "../errors.ts";

/** The part of ffi-napi's native addon that we call; it ships no types for it. */
export interface FfiBindings {
  readonly FFI_CIF_SIZE: number;
  readonly FFI_DEFAULT_ABI: number;
  readonly FFI_OK: number;
  /** `ffi_type` pointers by name. */
  readonly FFI_TYPES: Readonly<Record<string, Buffer>>;
  readonly StaticFunctions: Readonly<Record<"dlopen" | "dlsym" | "dlerror" | "_errno", Buffer>>;
  ffi_prep_cif(cif: Buffer, count: number, returns: Buffer, parameters: Buffer, abi: number): number;
  ffi_call(cif: Buffer, code: Buffer, result: Buffer, values: Buffer): void;
  /** The code of a C function that calls `body`; what `body` gives is its exception. */
  Callback(
    cif: Buffer,
    resultSize: number,
    count: number,
    report: (error: unknown) => void,
    body: (result: Buffer, parameters: Buffer) => unknown,
  ): Buffer;
}

/** ref-napi: addresses of buffers, and buffers at addresses. */
export interface RefAddon {
  address(buffer: Buffer): number;
  readPointer(buffer: Buffer, offset: number, length: number): Buffer;
}

const require = createRequire(import.meta.url);

function once<T>(make: () => T): () => T {
  let value: { readonly made: T } | undefined;
  return () => {
    value ??= { made: make() };
    return value.made;
  };
}

function addon<T>(path: string): T {
  try {
    return require(path) as T;
  } catch (cause) {
    throw broken(path, cause);
  }
}

function broken(path: string, cause: unknown): BpfError {
  return new BpfError("ADDON", `the native addon ${path} cannot be loaded`, {
    cause,
    hint: "Run `npm rebuild ffi-napi ref-napi`; building them needs g++, make and python3.",
  });
}

// Loaded when first used, so that --help, tests and parsers work where the addons were never built.
export const refAddon: () => RefAddon = once(
  () => direct<RefAddon>("ref-napi/build/Release/binding.node") ?? addon<RefAddon>("ref-napi"),
);

/** The raw calls are not among ffi-napi's public exports: hence the path, and the pinned version. */
export const ffiBindings: () => FfiBindings = once(() => {
  const path = "ffi-napi/lib/bindings.js";
  return directBindings(path) ?? addon<FfiBindings>(path);
});

interface FfiAddon {
  initializeBindings(instance: unknown): FfiBindings;
}

/**
 * The packages' own JavaScript, debug logger and search for the addon take ten times as long to load as the
 * addons. Where npm compiled them they lie at a known place; elsewhere the packages find them.
 */
function direct<T>(path: string): T | undefined {
  try {
    return require(path) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return undefined;
    throw broken(path, error);
  }
}

/** An addon must be initialised only once, so a script that uses ffi-napi as well has to get the same one. */
function directBindings(path: string): FfiBindings | undefined {
  let file: string;
  try {
    file = require.resolve(path);
  } catch (cause) {
    throw broken(path, cause);
  }
  if (require.cache[file] !== undefined) return undefined;
  const { instance } = refAddon() as { instance?: unknown };
  const found = direct<FfiAddon>("ffi-napi/build/Release/ffi_bindings.node");
  if (found === undefined || instance === undefined) return undefined;
  const module = new Module(file);
  module.exports = found.initializeBindings(instance);
  module.loaded = true;
  require.cache[file] = module;
  return module.exports as FfiBindings;
}
