import { checked } from "../ffi/errno.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { NativeBuffer } from "../ffi/native-buffer.ts";

const OPTIONS_BYTES = 80;

/** Runs a raw tracepoint's program once, in this thread, and gives what it returned. Since Linux 5.10. */
export function testRun(program: { readonly fd: number; readonly name: string }): number {
  // struct bpf_test_run_opts: its size first; the result is at 36.
  const options = NativeBuffer.alloc(OPTIONS_BYTES);
  options.setPointer(0, OPTIONS_BYTES);
  checked(`run ${program.name}`, libbpf().bpf_prog_test_run_opts(program.fd, options.address));
  return options.view.getInt32(36, true);
}
