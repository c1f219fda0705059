import type { Mapping } from "../kernel/process-maps.ts";
import type { ProcessRecord } from "./mapping-records.ts";

/** What was recorded of a process. */
export interface RecordedProcess {
  /** The oldest first; a later one stands for an earlier one at the same address. */
  readonly mappings: readonly Mapping[];
  /** The process that forked it, unless it has called exec since: what that one had mapped it has mapped, too. */
  readonly parent: number | undefined;
  /** Its number may stand for another process now. */
  readonly ended: boolean;
}

interface Kept {
  mappings: Mapping[];
  parent: number | undefined;
  ended: boolean;
  cost: number;
}

/** Rough bytes: of a mapping beside its path, of one more reference to it, and of all that is kept. */
const MAPPING = 160;
const REFERENCE = 8;
const PROCESS = 200;
const MOST_COST = 32 * 1024 * 1024;
const MOST_MAPPINGS = 4096;

/**
 * What processes have mapped as code, by their numbers, after they have ended, too. Of many processes those that
 * began first are forgotten, of many mappings of one the oldest.
 */
export class RecordedProcesses {
  readonly #kept = new Map<number, Kept>();
  readonly #most: number;
  #cost = 0;

  constructor(mostBytes = MOST_COST) {
    this.#most = mostBytes;
  }

  get(pid: number): RecordedProcess | undefined {
    return this.#kept.get(pid);
  }

  /** Takes what the kernel told next. */
  apply(record: ProcessRecord): void {
    switch (record.kind) {
      case "map":
        this.#add(record.pid, record.mapping);
        break;
      case "fork":
        this.#fork(record.pid, record.parent);
        break;
      case "exec":
        // What it had mapped before stays known: stacks of then may be asked for yet. And where another thread than
        // the first calls exec, the first has ended.
        Object.assign(this.#process(record.pid), { parent: undefined, ended: false });
        break;
      case "exit":
        this.#process(record.pid).ended = true;
        break;
    }
  }

  #add(pid: number, mapping: Mapping): void {
    const process = this.#process(pid);
    const { mappings } = process;
    const { start, end, file, offset, path } = mapping;
    const earlier = mappings.findLast((each) => each.start === start);
    if (earlier?.end === end && earlier.file === file && earlier.offset === offset && earlier.path === path)
      return;
    mappings.push(mapping);
    this.#charge(process, MAPPING + mapping.path.length);
    if (mappings.length <= MOST_MAPPINGS) return;
    mappings.splice(0, MOST_MAPPINGS / 2);
    this.#charge(process, -process.cost / 2);
  }

  #fork(pid: number, parent: number): void {
    this.#forget(pid);
    const mappings = [...(this.#kept.get(parent)?.mappings ?? [])];
    const process = { mappings, parent, ended: false, cost: 0 };
    this.#kept.set(pid, process);
    this.#charge(process, PROCESS + REFERENCE * mappings.length);
  }

  #process(pid: number): Kept {
    const known = this.#kept.get(pid);
    if (known !== undefined) return known;
    const process = { mappings: [], parent: undefined, ended: false, cost: 0 };
    this.#kept.set(pid, process);
    this.#charge(process, PROCESS);
    return process;
  }

  #charge(process: Kept, bytes: number): void {
    process.cost += bytes;
    this.#cost += bytes;
    while (this.#cost > this.#most && this.#kept.size > 1) {
      this.#forget(this.#kept.keys().next().value as number);
    }
  }

  #forget(pid: number): void {
    this.#cost -= this.#kept.get(pid)?.cost ?? 0;
    this.#kept.delete(pid);
  }
}

/** The mapping of an address that was made last. */
export function recordedMapping({ mappings }: RecordedProcess, address: number): Mapping | undefined {
  return mappings.findLast(({ start, end }) => address >= start && address < end);
}
