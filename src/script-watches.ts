import { readdirSync } from "node:fs";
import type { Link } from "./attach/link.ts";
import { LinkGroup } from "./attach/link-group.ts";
import { attachPerfEvent } from "./attach/perf-event.ts";
import { PerfType } from "./attach/perf-event-types.ts";
import { BpfError } from "./errors.ts";
import { libbpf } from "./ffi/libbpf.ts";
import { NativeBuffer } from "./ffi/native-buffer.ts";
import type { LoadedObject, LoadedProgram } from "./load/loaded-object.ts";
import { type ScriptAttach, type ScriptProbe, WATCHED_MAP, watchNumber } from "./program/script.ts";

type WatchPoint = Extract<ScriptAttach, { kind: "watch" }>;

/** Watchpoints that are made while a script runs, where functions are called. */
export class ScriptWatches {
  readonly #object: LoadedObject;
  readonly #warn: (message: string) => void;
  readonly #watched = new Map<bigint, Link[]>();
  #closed = false;

  constructor(object: LoadedObject, warn: (message: string) => void) {
    this.#object = object;
    this.#warn = warn;
  }

  /** Watches memory of a process, which may have been stopped for that, and lets it go on. */
  add({ program: name, attach }: ScriptProbe, address: bigint, pid: number): void {
    if (attach.kind !== "watch") return;
    const program = this.#object.programs.get(name);
    try {
      if (program === undefined || this.#closed) return;
      const links = this.#watched.get(address) ?? [];
      links.push(attachToThreads(program, attach, address, pid));
      this.#watched.set(address, links);
    } catch (error) {
      if (!BpfError.is(error)) throw error;
      this.#forget(address, watchNumber(name));
      this.#warn(`0x${address.toString(16)} cannot be watched: ${error.message}`);
    } finally {
      if (attach.stops) goOn(pid);
    }
  }

  /** Ends the watching of an address. The next call of the function begins it anew. */
  remove(address: bigint, probes: readonly ScriptProbe[]): void {
    for (const link of this.#watched.get(address) ?? []) link.close();
    this.#watched.delete(address);
    for (const { program } of probes) this.#forget(address, watchNumber(program));
  }

  /** Nothing is watched any more; processes that are stopped later go on. */
  close(): void {
    this.#closed = true;
    for (const links of this.#watched.values()) for (const link of links) link.close();
    this.#watched.clear();
  }

  #forget(address: bigint, probe: number): void {
    const map = this.#object.maps.get(WATCHED_MAP);
    if (map === undefined) return;
    const key = NativeBuffer.alloc(16);
    key.view.setBigUint64(0, address, true);
    key.view.setBigUint64(8, BigInt(probe), true);
    libbpf().bpf_map_delete_elem(map.fd, key.address);
  }
}

/** A breakpoint is a thread's: those that there are each get one, and those that they begin inherit it. */
function attachToThreads(program: LoadedProgram, at: WatchPoint, address: bigint, pid: number): Link {
  const target = `0x${address.toString(16)}`;
  return LinkGroup.attach("perf-event", target, threadsOf(pid), (thread) =>
    attachPerfEvent(program, {
      type: PerfType.BREAKPOINT,
      config: 0,
      samplePeriod: 1,
      pid: thread,
      attributes: { breakpointType: at.mode, config1: address, config2: at.bytes, inherit: true },
    }),
  );
}

function threadsOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [pid];
  }
}

function goOn(pid: number): void {
  try {
    process.kill(pid, "SIGCONT");
  } catch (error) {
    // It has ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
