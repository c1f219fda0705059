import { readFileSync } from "node:fs";
import { AttachError, SyscallError, UnsupportedError } from "../errors.ts";
import { lastErrno } from "../ffi/errno.ts";
import { errnoName } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { closeFd } from "../ffi/libc.ts";
import type { PerfEventAttributes } from "../ffi/perf-event-attributes.ts";
import { perfEventOpen } from "../ffi/system-calls.ts";
import { onlineCpus } from "../kernel/cpus.ts";
import type { LoadedProgram } from "../load/loaded-object.ts";
import type { PerfEventPoint } from "../program/program.ts";
import { LibbpfLink } from "./libbpf-link.ts";
import type { Link } from "./link.ts";
import { LinkGroup } from "./link-group.ts";
import { perfEventName } from "./perf-event-types.ts";

const ANY = -1;
const MAX_RATE = "/proc/sys/kernel/perf_event_max_sample_rate";

/**
 * Attaches a perf_event program, which runs at each sample of an event: on the given CPU, else on each CPU that
 * is online now; in the given thread, else in whatever runs there. Requires Linux 4.9.
 *
 * Throws AttachError, UnsupportedError where the machine does not count such events, PermissionError.
 */
export function attachPerfEvent(program: LoadedProgram, point: PerfEventPoint): Link {
  const attributes = perfAttributes(point);
  const target = perfEventName(point.type, point.config);
  const cpus = point.cpu === undefined ? onlineCpus() : [point.cpu];
  return LinkGroup.attach("perf-event", target, cpus, (cpu) => attachOne(program, point, attributes, cpu));
}

function attachOne(
  program: LoadedProgram,
  point: PerfEventPoint,
  attributes: PerfEventAttributes,
  cpu: number,
): Link {
  const target = perfEventName(point.type, point.config);
  const event = openEvent(attributes, point, cpu);
  const link = libbpf().bpf_program__attach_perf_event_opts(program.pointer, event, 0);
  // From now on the event is the link's, which closes it.
  if (link !== 0) return new LibbpfLink("perf-event", target, link);
  const errno = lastErrno();
  closeFd(event);
  const what = `attach to the perf event ${target}`;
  const cause = new SyscallError(what, errno, errnoName(errno));
  throw new AttachError(target, `cannot ${what}: ${errnoName(errno)}`, { cause });
}

function perfAttributes({
  type,
  config,
  samplePeriod,
  sampleFreq,
  attributes,
}: PerfEventPoint): PerfEventAttributes {
  const period = sampleFreq ?? samplePeriod ?? 0;
  if (
    (sampleFreq === undefined) === (samplePeriod === undefined) ||
    !Number.isSafeInteger(period) ||
    period <= 0
  ) {
    const target = perfEventName(type, config);
    throw new AttachError(target, `cannot attach to the perf event ${target}: no rate of samples is given`, {
      hint: "Give either samplePeriod (every so many events) or sampleFreq (so many a second), a positive integer.",
    });
  }
  return { ...attributes, type, config, period, frequency: sampleFreq !== undefined, disabled: true };
}

function openEvent(attributes: PerfEventAttributes, point: PerfEventPoint, cpu: number): number {
  try {
    return perfEventOpen(attributes, point.pid ?? ANY, cpu, { groupFd: point.groupFd });
  } catch (error) {
    throw error instanceof SyscallError ? explainFailure(point, cpu, error) : error;
  }
}

function explainFailure(point: PerfEventPoint, cpu: number, cause: SyscallError): Error {
  const target = perfEventName(point.type, point.config);
  const what = `sample the perf event ${target}`;
  if (cause.errnoName === "ENOENT" || cause.errnoName === "EOPNOTSUPP") {
    const hint = "Virtual machines often count no hardware events: sample the software event cpu-clock.";
    return new UnsupportedError(target, `cannot ${what}: this machine does not count it`, { cause, hint });
  }
  const refusal = (reason: string, hint?: string) =>
    new AttachError(target, `cannot ${what}: ${reason}`, { cause, hint });
  if (cause.errnoName === "ESRCH") return refusal(`there is no thread ${point.pid}`);
  if (cause.errnoName === "ENODEV") return refusal(`the CPU ${cpu} is not online`);
  const most = Number(readFileSync(MAX_RATE, "utf8"));
  if (cause.errnoName === "EINVAL" && (point.sampleFreq ?? 0) > most) {
    return refusal(`${point.sampleFreq} samples a second are too many`, `${MAX_RATE} allows ${most}.`);
  }
  return refusal(cause.errnoName);
}
