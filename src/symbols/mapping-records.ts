import { type Mapping, mappedName } from "../kernel/process-maps.ts";

/** What the kernel tells of processes: one has mapped a part of a file as code, forked, called exec, or ended. */
export type ProcessRecord =
  | { readonly kind: "map"; readonly time: bigint; readonly pid: number; readonly mapping: Mapping }
  | { readonly kind: "fork"; readonly time: bigint; readonly pid: number; readonly parent: number }
  | { readonly kind: "exec" | "exit"; readonly time: bigint; readonly pid: number };

const COMM = 3;
const EXIT = 4;
const FORK = 7;
const MMAP2 = 10;
const COMM_EXEC = 1 << 13;
/** Where the file's name begins in a record of a mapping. */
const NAME = 72;
/** Each record ends with its time. */
const TIME_BYTES = 8;

/**
 * Reads a record of a perf event that has mmap2, comm, task and sample_id_all, and the time as its only sample.
 * Undefined for what tells nothing new: names, threads, memory without a file.
 */
export function processRecord(
  type: number,
  view: DataView,
  start: number,
  size: number,
): ProcessRecord | undefined {
  const time = view.getBigUint64(start + size - TIME_BYTES, true);
  const pid = view.getInt32(start + 8, true);
  // Only what tells of forks and ends has these.
  const [parent, thread] = [view.getInt32(start + 12, true), view.getInt32(start + 16, true)];
  switch (type) {
    case COMM:
      return view.getUint16(start + 4, true) & COMM_EXEC ? { kind: "exec", time, pid } : undefined;
    case FORK:
      return pid > 0 && pid !== parent ? { kind: "fork", time, pid, parent } : undefined;
    case EXIT:
      return pid > 0 && pid === thread ? { kind: "exit", time, pid } : undefined;
    case MMAP2: {
      const mapping = readMapping(view, start, size);
      return pid > 0 && mapping !== undefined ? { kind: "map", time, pid, mapping } : undefined;
    }
    default:
      return undefined;
  }
}

function readMapping(view: DataView, start: number, size: number): Mapping | undefined {
  const from = view.byteOffset + start + NAME;
  const bytes = Buffer.from(view.buffer, from, size - NAME - TIME_BYTES);
  const end = bytes.indexOf(0);
  const name = bytes.toString("utf8", 0, end < 0 ? bytes.length : end);
  if (name === "" || name.startsWith("//")) return undefined;
  const number = (at: number) => Number(view.getBigUint64(start + at, true));
  const device = (at: number) =>
    view
      .getUint32(start + at, true)
      .toString(16)
      .padStart(2, "0");
  return {
    start: number(16),
    end: number(16) + number(24),
    executable: true,
    offset: number(32),
    file: `${device(40)}:${device(44)} ${view.getBigUint64(start + 48, true)}`,
    ...mappedName(name),
  };
}
