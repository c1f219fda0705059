import { BpfError, PermissionError } from "../errors.ts";
import { syscallError } from "../ffi/errno.ts";
import { ERRNO } from "../ffi/errno-table.ts";

export type MapErrorCode = "MAP" | "MAP_FULL" | "MAP_EXISTS" | "MAP_MISSING" | "MAP_RANGE" | "MAP_READ_ONLY";

/**
 * An operation on a map failed. `code` is "MAP_FULL" (no room for another key), "MAP_EXISTS" (set with
 * flag "noexist"), "MAP_MISSING" (set with flag "exist"), "MAP_RANGE" (no such index), "MAP_READ_ONLY" or
 * "MAP"; the system call's error is the cause.
 */
export class MapError extends BpfError {
  readonly map: string;
  readonly operation: string;

  constructor(
    code: MapErrorCode,
    map: string,
    operation: string,
    problem: string,
    cause: Error,
    hint?: string,
  ) {
    super(code, `map ${map}: ${operation}: ${problem}`, { cause, hint });
    this.map = map;
    this.operation = operation;
  }
}

/** A failure that has a remedy of its own. */
interface Known {
  readonly code: MapErrorCode;
  readonly problem: string;
  readonly hint?: string;
}

/** Errors by which a kernel or a kind of map says that it has no batches (ENOTSUPP, unknown command). */
export const UNSUPPORTED_BATCH: readonly number[] = [ERRNO.ENOTSUPP, ERRNO.EINVAL, ERRNO.EOPNOTSUPP];

const BUSY = "Try again: another CPU or program holds the lock.";

const ARRAY_PROBLEMS: Readonly<Record<number, Known>> = {
  [ERRNO.E2BIG]: {
    code: "MAP_RANGE",
    problem: "the index is outside of the array",
    hint: "Use an index below the map's size, or declare the map larger.",
  },
  [ERRNO.EEXIST]: { code: "MAP_EXISTS", problem: "every index of an array exists" },
};

const PROBLEMS: Readonly<Record<number, Known>> = {
  [ERRNO.E2BIG]: {
    code: "MAP_FULL",
    problem: "the map is full",
    hint: "Raise its size (the last argument of BPF_HASH), delete entries, or use an LRU map, which drops the oldest.",
  },
  [ERRNO.EEXIST]: { code: "MAP_EXISTS", problem: "the key exists already" },
  [ERRNO.ENOENT]: { code: "MAP_MISSING", problem: "there is no such key" },
  [ERRNO.EPERM]: {
    code: "MAP_READ_ONLY",
    problem: "the map may not be written from here",
    hint: "It was made with BPF_F_RDONLY, or frozen.",
  },
  [ERRNO.EBADF]: {
    code: "MAP",
    problem: "the file descriptor is closed, or of another kind than the map takes",
    hint: "A control group is a directory of cgroup2, for instance /sys/fs/cgroup.",
  },
  [ERRNO.ENOTSOCK]: { code: "MAP", problem: "the file descriptor is no socket" },
  [ERRNO.EBUSY]: { code: "MAP", problem: "the map is busy", hint: BUSY },
  [ERRNO.ENOMEM]: {
    code: "MAP",
    problem: "no memory for the entry",
    hint: "Raise the limit of the memory control group, or preallocate the map (no BPF_F_NO_PREALLOC).",
  },
};

/** The error of an operation that returned -errno. `array` maps have other reasons for the same numbers. */
export function mapError(map: string, operation: string, errno: number, array = false): Error {
  const cause = syscallError(`bpf(${operation})`, errno);
  // Without the privilege, what is wrong is not the map.
  if (cause instanceof PermissionError) return cause;
  const known = (array ? ARRAY_PROBLEMS[errno] : undefined) ?? PROBLEMS[errno];
  if (known === undefined) return new MapError("MAP", map, operation, cause.message, cause);
  return new MapError(known.code, map, operation, known.problem, cause, known.hint);
}
