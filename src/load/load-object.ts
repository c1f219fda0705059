import { LoadError, SyscallError } from "../errors.ts";
import { ERRNO } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { NativeBuffer } from "../ffi/native-buffer.ts";
import { raiseMemoryLockLimit } from "../kernel/memory-lock-limit.ts";
import { attemptLoad, type LoadAttempt } from "./load-attempt.ts";
import { explainFailure, explainOpenFailure } from "./load-failure.ts";
import type { LoadOptions } from "./load-options.ts";
import { describeMap, type LoadAgain, LoadedObject, LoadedProgram } from "./loaded-object.ts";

const FIRST_LOG_BYTES = 256 * 1024;
const LARGEST_LOG_BYTES = 128 * 1024 * 1024;

/**
 * Loads an object file's programs and maps into the kernel.
 *
 * Throws VerifierError where the kernel refuses a program, PermissionError where the process lacks a
 * capability, LoadError for anything else: a map that cannot be made, an unknown name in the options, a
 * damaged object.
 *
 * @example
 * using object = loadObject(bytes, { maps: { counts: { maxEntries: 65536 } } });
 * object.maps.get("counts")?.fd;
 */
export function loadObject(bytes: Uint8Array, options: LoadOptions = {}): LoadedObject {
  raiseMemoryLockLimit();
  if (bytes.length === 0) throw new LoadError("the object file is empty");
  const object = NativeBuffer.from(bytes);
  const attempt = loadWithRoom(object, options);
  if (attempt.result < 0) {
    attempt.handle.close();
    throw explainFailure(object, options, attempt);
  }
  try {
    return loaded(attempt, (first, name, type) => loadObject(bytes, onlyProgram(first, name, type, options)));
  } catch (error) {
    attempt.handle.close();
    throw error;
  }
}

/** Loads; a log that was asked for gets more room until it fits. */
function loadWithRoom(object: NativeBuffer, options: LoadOptions): LoadAttempt {
  const { logLevel = 0 } = options;
  for (let room = FIRST_LOG_BYTES; ; room *= 8) {
    const attempt = openAndLoad(object, options, logLevel, room);
    const cut = logLevel > 0 && attempt.result === -ERRNO.ENOSPC && room < LARGEST_LOG_BYTES;
    if (!cut) return attempt;
    attempt.handle.close();
  }
}

function openAndLoad(
  object: NativeBuffer,
  options: LoadOptions,
  logLevel: number,
  room: number,
): LoadAttempt {
  try {
    return attemptLoad(object, options, logLevel, room);
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    throw explainOpenFailure(() => attemptLoad(object, options, logLevel, room), error);
  }
}

function onlyProgram(first: LoadedObject, name: string, type: number, options: LoadOptions): LoadOptions {
  const programs = first.names.map((other) => [other, { autoload: other === name }] as const);
  const maps = [...first.maps].map(([map, { fd }]) => [map, { reuse: { fd, sameKind: false } }] as const);
  const { [name]: own } = options.programs ?? {};
  return {
    ...options,
    programs: { ...Object.fromEntries(programs), [name]: { ...own, autoload: true, type } },
    maps: Object.fromEntries(maps),
  };
}

function loaded({ handle, logs, typeIds }: LoadAttempt, again: LoadAgain): LoadedObject {
  const programs = new Map<string, LoadedProgram>();
  for (const [name, pointer] of handle.programs) {
    if (libbpf().bpf_program__autoload(pointer) % 256 === 0) continue;
    programs.set(name, new LoadedProgram(handle, name, pointer, logs.get(name) ?? ""));
  }
  const none = { keyTypeId: 0, valueTypeId: 0 };
  const maps = new Map(
    [...handle.maps].map(([name, map]) => [name, describeMap(name, map, typeIds.get(name) ?? none)]),
  );
  return new LoadedObject(handle, programs, maps, again);
}
