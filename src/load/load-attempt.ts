import { libbpf } from "../ffi/libbpf.ts";
import { NativeBuffer } from "../ffi/native-buffer.ts";
import { withSignalsHeld } from "../ffi/signal-mask.ts";
import type { LoadOptions } from "./load-options.ts";
import { type MapTypeIds, readMapTypeIds } from "./loaded-object.ts";
import { configure, ObjectHandle } from "./object-handle.ts";

/** One run of libbpf over an object. */
export interface LoadAttempt {
  readonly handle: ObjectHandle;
  /** 0, or -errno. */
  readonly result: number;
  /** What the verifier wrote, by program: of those that it looked at with a log. */
  readonly logs: ReadonlyMap<string, string>;
  /**
   * By map, of the object's own BTF: libbpf forgets them while loading, for kinds of maps that the kernel keeps no
   * types for, and takes those of another object's BTF for a map that is in the kernel already.
   */
  readonly typeIds: ReadonlyMap<string, MapTypeIds>;
}

/**
 * Opens, configures and loads an object once. With log level 0 libbpf loads each program without a log,
 * which is much quicker, and only one that is refused again with a log, into the room that it has here.
 */
export function attemptLoad(
  object: NativeBuffer,
  options: LoadOptions,
  logLevel: number,
  logBytes: number,
): LoadAttempt {
  const handle = new ObjectHandle(object, options.name ?? "object");
  try {
    const typeIds = new Map([...handle.maps].map(([name, map]) => [name, readMapTypeIds(map)]));
    configure(handle, options);
    const rooms = giveLogs(handle, logLevel, logBytes);
    // A verifier that is interrupted gives up, and does so again when a profiler's signals come faster than it works.
    const result = withSignalsHeld(() => libbpf().bpf_object__load(handle.address));
    const logs = new Map<string, string>();
    for (const [name, room] of rooms) {
      if (room.bytes[0] !== 0) logs.set(name, room.text());
    }
    return { handle, result, logs, typeIds };
  } catch (error) {
    handle.close();
    throw error;
  }
}

// Each program has a log of its own: which one is written to tells which program was refused. The pages of
// a log cost nothing until they are written.
function giveLogs(handle: ObjectHandle, level: number, bytes: number): Map<string, NativeBuffer> {
  const rooms = new Map<string, NativeBuffer>();
  for (const [name, program] of handle.programs) {
    if (libbpf().bpf_program__autoload(program) % 256 === 0) continue;
    const room = NativeBuffer.alloc(bytes);
    libbpf().bpf_program__set_log_buf(program, room.address, room.length);
    libbpf().bpf_program__set_log_level(program, level);
    rooms.set(name, room);
  }
  return rooms;
}
