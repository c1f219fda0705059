import { BpfError } from "../errors.ts";
import { kernelInfo } from "../load/kernel-info.ts";

const PERF_EVENT = 7;
const KPROBE_MULTI = 8;
const KPROBE = 3;
const KRETPROBE = 4;
/** struct bpf_link_info has this size since Linux 6.7, which counts what kprobes miss. */
const WITH_MISSED_BYTES = 56;

/**
 * How often a kprobe or kretprobe did not run its program: the probe was hit while another one ran, or more calls
 * were open than the kernel follows. Undefined for other links and where the kernel does not tell (before Linux 6.7).
 */
export function missedRuns(fd: number): number | undefined {
  if (fd === -1) return undefined;
  try {
    const { view, length } = kernelInfo(fd);
    if (length < WITH_MISSED_BYTES) return undefined;
    switch (view.getUint32(0, true)) {
      case PERF_EVENT: {
        const type = view.getUint32(16, true);
        return type === KPROBE || type === KRETPROBE ? Number(view.getBigUint64(48, true)) : undefined;
      }
      case KPROBE_MULTI:
        return Number(view.getBigUint64(32, true));
      default:
        return undefined;
    }
  } catch (error) {
    // Links that are perf events, as before Linux 5.15, and sockets have no info.
    if (BpfError.is(error) && error.code === "SYSCALL") return undefined;
    throw error;
  }
}
