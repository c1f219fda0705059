import { BpfError, UnsupportedError } from "../errors.ts";
import { ffiBindings, refAddon } from "./native-addons.ts";
import { cString, NativeBuffer } from "./native-buffer.ts";
import { type CResult, type CType, type PreparedCall, prepare } from "./prepared-call.ts";

const RTLD_NOW = 2;
const RTLD_NOLOAD = 4;
const RTLD_NODELETE = 0x1000;

/** A shared library that is open for the life of the process. */
export class Library {
  readonly name: string;
  readonly #handle: number;

  private constructor(name: string, handle: number) {
    this.name = name;
    this.#handle = handle;
  }

  /** Opens a library by its soname; null gives the program itself with all that it is linked to. */
  static open(soname: string | null, hint: string): Library {
    const name = soname === null ? null : cString(soname);
    const handle = linker().dlopen(name?.address ?? 0, RTLD_NOW);
    if (handle === 0) {
      throw new BpfError("LIBRARY", `${soname ?? "the program"} cannot be opened: ${linkerError()}`, {
        hint,
      });
    }
    return new Library(soname ?? "the program", handle);
  }

  /** The address of a symbol, undefined when the library has none of that name. */
  find(symbol: string): number | undefined {
    const name = cString(symbol);
    const address = linker().dlsym(this.#handle, name.address);
    return address === 0 ? undefined : address;
  }

  /** A function of the library; throws UnsupportedError when this version of it has none of that name. */
  function<R extends CResult, const P extends readonly CType[]>(
    symbol: string,
    returns: R,
    parameters: P,
  ): PreparedCall<R, P> {
    return prepare(this.#address(symbol), returns, parameters);
  }

  #address(symbol: string): number {
    const address = this.find(symbol);
    if (address !== undefined) return address;
    throw new UnsupportedError(symbol, `${this.name} has no function ${symbol}`, {
      hint: `Install a newer version of ${this.name}.`,
    });
  }
}

interface Linker {
  dlopen: PreparedCall<"pointer", ["pointer", "i32"]>;
  dlsym: PreparedCall<"pointer", ["pointer", "pointer"]>;
  dlerror: PreparedCall<"pointer", []>;
}

let linkerCalls: Linker | undefined;

// ffi-napi carries the addresses of dlopen and dlsym: all others are found through them.
function linker(): Linker {
  if (linkerCalls !== undefined) return linkerCalls;
  const { dlopen, dlsym, dlerror, _errno } = ffiBindings().StaticFunctions;
  const { address } = refAddon();
  linkerCalls = {
    dlopen: prepare(address(dlopen), "pointer", ["pointer", "i32"]),
    dlsym: prepare(address(dlsym), "pointer", ["pointer", "pointer"]),
    dlerror: prepare(address(dlerror), "pointer", []),
  };
  keepLoaded(linkerCalls, address(_errno));
  return linkerCalls;
}

/**
 * Pins the library that an address lies in. node unloads an addon with the last thread that uses it, and
 * ffi-napi's addon leaves libuv a callback into itself: a worker that was the only user would crash.
 */
function keepLoaded(calls: Linker, address: number): void {
  const name = cString("dladdr");
  const dladdr = prepare(calls.dlsym(0, name.address), "i32", ["pointer", "pointer"]);
  // Dl_info: four pointers, the first is the path.
  const found = NativeBuffer.alloc(32);
  if (dladdr(address, found.address) !== 0) {
    calls.dlopen(found.getPointer(0), RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
  }
}

function linkerError(): string {
  const message = linker().dlerror();
  return message === 0 ? "unknown reason" : readCString(message, 4096);
}

let process_: Library | undefined;

/** The node program: the C library and libuv are reached through it. */
export function processLibrary(): Library {
  process_ ??= Library.open(null, "This is a defect of the C library or of node.");
  return process_;
}

let memory:
  | {
      readonly strnlen: PreparedCall<"size", ["pointer", "size"]>;
      readonly memcpy: PreparedCall<"pointer", ["pointer", "pointer", "size"]>;
    }
  | undefined;

/** A copy of the text at an address of this process, up to its NUL or `max` bytes; NULL gives "". */
export function readCString(address: number, max = 65_536): string {
  if (address === 0) return "";
  const length = memoryCalls().strnlen(address, max);
  return Buffer.from(readMemory(address, length)).toString("utf8");
}

/** A copy of bytes at an address of this process. The address must be right: a wrong one ends the process. */
export function readMemory(address: number, length: number): Uint8Array<ArrayBuffer> {
  const copy = NativeBuffer.alloc(length);
  memoryCalls().memcpy(copy.address, address, length);
  return copy.bytes;
}

function memoryCalls(): NonNullable<typeof memory> {
  const library = processLibrary();
  memory ??= {
    strnlen: library.function("strnlen", "size", ["pointer", "size"]),
    memcpy: library.function("memcpy", "pointer", ["pointer", "pointer", "size"]),
  };
  return memory;
}

let errnoCell: PreparedCall<"pointer", []> | undefined;

/** The address of the calling thread's errno. */
export function errnoLocation(): number {
  errnoCell ??= processLibrary().function("__errno_location", "pointer", []);
  return errnoCell();
}
