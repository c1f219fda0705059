import { type Callback, makeCallback } from "./callback.ts";
import { checked } from "./errno.ts";
import { type FunctionTable, functionTable } from "./function-table.ts";
import { libc } from "./libc.ts";
import { processLibrary } from "./library.ts";
import type { WakeSource } from "./wake-source.ts";

const UV_POLL = 8;
const UV_READABLE = 1;

const DECLARATIONS = {
  uv_default_loop: ["pointer", []],
  uv_handle_size: ["size", ["u32"]],
  uv_poll_init: ["i32", ["pointer", "pointer", "i32"]],
  uv_poll_start: ["i32", ["pointer", "i32", "pointer"]],
  uv_poll_stop: ["i32", ["pointer"]],
  uv_close: ["void", ["pointer", "pointer"]],
  uv_ref: ["void", ["pointer"]],
  uv_unref: ["void", ["pointer"]],
} as const;

interface Loop {
  readonly uv: FunctionTable<typeof DECLARATIONS>;
  readonly address: number;
  /** Held for ever: C keeps its address. */
  readonly callback: Callback;
  readonly handleSize: number;
}

const sources = new Map<number, UvPoll>();
let loop: Loop | undefined;

/**
 * A poll handle on the main thread's event loop, by calling the libuv that node itself exports. libuv
 * permits one handle per file descriptor.
 */
export class UvPoll implements WakeSource {
  readonly #loop: Loop;
  readonly #handle: number;
  readonly #wake: () => void;
  #open = true;

  constructor(fd: number, wake: () => void) {
    this.#loop = mainLoop();
    this.#wake = wake;
    // From the C heap: libuv must find it even while JavaScript's memory is being torn down.
    this.#handle = libc().calloc(1, this.#loop.handleSize);
    const result = this.#loop.uv.uv_poll_init(this.#loop.address, this.#handle, fd);
    if (result < 0) {
      libc().free(this.#handle);
      checked("uv_poll_init", result);
    }
    sources.set(this.#handle, this);
  }

  start(): void {
    const { uv, callback } = this.#loop;
    if (this.#open) checked("uv_poll_start", uv.uv_poll_start(this.#handle, UV_READABLE, callback.address));
  }

  stop(): void {
    if (this.#open) checked("uv_poll_stop", this.#loop.uv.uv_poll_stop(this.#handle));
  }

  setRef(ref: boolean): void {
    if (!this.#open) return;
    if (ref) this.#loop.uv.uv_ref(this.#handle);
    else this.#loop.uv.uv_unref(this.#handle);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    sources.delete(this.#handle);
    this.#loop.uv.uv_close(this.#handle, 0);
    // libuv lets go of a handle at the end of the turn; a later turn's check phase is after it.
    const handle = this.#handle;
    setImmediate(() => setImmediate(() => libc().free(handle)));
  }

  wake(): void {
    this.#wake();
  }
}

function mainLoop(): Loop {
  if (loop !== undefined) return loop;
  const uv = functionTable(processLibrary(), DECLARATIONS);
  const callback = makeCallback("void", ["pointer", "i32", "i32"], (handle) => {
    if (handle !== undefined) sources.get(handle)?.wake();
    return undefined;
  });
  loop = {
    uv,
    address: uv.uv_default_loop(),
    callback,
    handleSize: uv.uv_handle_size(UV_POLL),
  };
  // While node tears down it turns the loop once more: no wake-up may reach JavaScript then.
  process.on("exit", () => {
    for (const source of [...sources.values()]) source.close();
  });
  return loop;
}
