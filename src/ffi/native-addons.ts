import { createRequire } from "node:module";
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
  ffi_call_async(
    cif: Buffer,
    code: Buffer,
    result: Buffer,
    values: Buffer,
    done: (error: unknown) => void,
  ): void;
}

/** ref-napi: addresses of buffers, and buffers at addresses. */
export interface RefAddon {
  address(buffer: Buffer): number;
  readPointer(buffer: Buffer, offset: number, length: number): Buffer;
}

/** ffi-napi's public factory of C function pointers that call JavaScript. */
export type CallbackFactory = (
  returns: string,
  parameters: readonly string[],
  body: (...values: number[]) => number | undefined,
) => Buffer;

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
    throw new BpfError("ADDON", `the native addon ${path} cannot be loaded`, {
      cause,
      hint: "Run `npm rebuild ffi-napi ref-napi`; building them needs g++, make and python3.",
    });
  }
}

// Loaded when first used, so that --help, tests and parsers work where the addons were never built.
// `ffi_call` itself is not among the package's public exports: hence the path, and the pinned version.
export const ffiBindings: () => FfiBindings = once(() => addon<FfiBindings>("ffi-napi/lib/bindings.js"));
export const refAddon: () => RefAddon = once(() => addon<RefAddon>("ref-napi"));
export const callbackFactory: () => CallbackFactory = once(
  () => addon<{ readonly Callback: CallbackFactory }>("ffi-napi").Callback,
);
