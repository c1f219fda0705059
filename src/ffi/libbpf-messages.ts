import { type Callback, makeCallback } from "./callback.ts";
import { libbpf } from "./libbpf.ts";
import { libc } from "./libc.ts";
import { NativeBuffer } from "./native-buffer.ts";

const MOST = 16_384;

let sink: string[] | undefined;
// Held for ever: C keeps its address, and calling a collected callback ends the process.
let printer: Callback | undefined;

/**
 * Runs `body` and gives what libbpf said meanwhile, one message an entry. Each message costs some
 * microseconds, so this is for running something again after it failed.
 */
export function withLibbpfMessages<T>(body: () => T): { readonly result: T; readonly messages: string[] } {
  const messages: string[] = [];
  const outer = sink;
  sink = messages;
  libbpf().libbpf_set_print(preparePrinter());
  try {
    return { result: body(), messages };
  } finally {
    sink = outer;
    if (outer === undefined) libbpf().libbpf_set_print(0);
  }
}

function preparePrinter(): number {
  if (printer !== undefined) return printer.address;
  const text = NativeBuffer.alloc(MOST);
  const { vsnprintf } = libc();
  // A va_list is passed as a pointer on x86-64 and on arm64.
  printer = makeCallback("i32", ["i32", "pointer", "pointer"], (_level, format, values) => {
    // An exception here would surface at an unrelated place later.
    try {
      if (format !== undefined && values !== undefined) vsnprintf(text.address, MOST, format, values);
      sink?.push(text.text().trimEnd());
    } catch (error) {
      sink?.push(`(a message of libbpf was lost: ${String(error)})`);
    }
    return 0;
  });
  return printer.address;
}
