import { libc } from "../ffi/libc.ts";
import { processLibrary, readCString } from "../ffi/library.ts";
import { cString, NativeBuffer } from "../ffi/native-buffer.ts";
import type { PreparedCall } from "../ffi/prepared-call.ts";

type Demangler = PreparedCall<"pointer", ["pointer", "pointer", "pointer", "pointer"]>;

/** null: node is linked without the C++ library's function. */
let demangler: Demangler | null | undefined;

/** A C++ function's name and parameters as in the source: "ns::f(int)". Other names stay as they are. */
export function demangle(name: string): string {
  if (!name.startsWith("_Z")) return name;
  demangler ??= findDemangler();
  if (demangler === null) return name;
  const text = cString(name);
  const status = NativeBuffer.alloc(8);
  const readable = demangler(text.address, 0, 0, status.address);
  if (readable === 0) return name;
  const result = readCString(readable);
  libc().free(readable);
  return result;
}

function findDemangler(): Demangler | null {
  const library = processLibrary();
  if (library.find("__cxa_demangle") === undefined) return null;
  return library.function("__cxa_demangle", "pointer", ["pointer", "pointer", "pointer", "pointer"]);
}
