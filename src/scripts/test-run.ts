import { checked } from "../ffi/errno.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { NativeBuffer } from "../ffi/native-buffer.ts";

const OPTIONS_BYTES = 80;

interface Runnable {
  readonly fd: number;
  readonly name: string;
}

/** Runs a raw tracepoint's program once, in this thread, and gives what it returned. Since Linux 5.10. */
export function testRun(program: Runnable): number {
  return testRunner(program)();
}

/** The same, to be called again and again. */
export function testRunner({ fd, name }: Runnable): () => number {
  // struct bpf_test_run_opts: its size first; the result is at 56.
  const options = NativeBuffer.alloc(OPTIONS_BYTES);
  options.setPointer(0, OPTIONS_BYTES);
  const { bpf_prog_test_run_opts: run } = libbpf();
  return () => {
    checked(`run ${name}`, run(fd, options.address));
    return options.view.getInt32(56, true);
  };
}
