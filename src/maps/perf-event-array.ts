import { SyscallError } from "../errors.ts";
import { ERRNO } from "../ffi/errno-table.ts";
import { closeFd } from "../ffi/libc.ts";
import { perfEventOpen } from "../ffi/system-calls.ts";
import { DescriptorArray } from "./descriptor-map.ts";
import { possibleCpus } from "./possible-cpus.ts";

const EVERY_PROCESS = -1;

/**
 * Perf events by CPU (BPF_PERF_ARRAY), which programs read with `perf_read(CUR_CPU_IDENTIFIER)` and
 * `perf_counter_value` (since Linux 4.3).
 *
 * @example
 * bpf.maps.counters.openPerfEvent(PerfType.HARDWARE, PerfHWConfig.CPU_CYCLES);
 */
export class PerfEventArray extends DescriptorArray {
  readonly #events: number[] = [];

  /**
   * Opens a counter on each CPU that is there and puts it at the CPU's index, as bcc's open_perf_event; close()
   * ends them. Gives the number of CPUs. Throws SyscallError where the machine does not count such events,
   * PermissionError.
   */
  openPerfEvent(
    type: number,
    config: number,
    { pid = EVERY_PROCESS }: { readonly pid?: number } = {},
  ): number {
    this.openFd();
    let opened = 0;
    for (let cpu = 0; cpu < Math.min(possibleCpus(), this.maxEntries); cpu++) {
      const event = openOn(cpu, type, config, pid);
      if (event === undefined) continue;
      this.#events.push(event);
      this.set(cpu, event);
      opened++;
    }
    return opened;
  }

  /** Ends the counters that `openPerfEvent` opened, too. May be called again. */
  override close(): void {
    super.close();
    for (const event of this.#events.splice(0)) closeFd(event);
  }
}

/** Undefined for a CPU that is switched off. */
function openOn(cpu: number, type: number, config: number, pid: number): number | undefined {
  try {
    return perfEventOpen({ type, config, period: 0 }, pid, cpu);
  } catch (error) {
    if (error instanceof SyscallError && error.errno === ERRNO.ENODEV) return undefined;
    throw error;
  }
}
