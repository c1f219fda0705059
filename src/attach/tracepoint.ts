import { AttachError, type BpfError, SyscallError } from "../errors.ts";
import { lastErrno } from "../ffi/errno.ts";
import { ERRNO, errnoName } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { cString } from "../ffi/native-buffer.ts";
import { permissionError, tracingCapabilities } from "../kernel/capabilities.ts";
import { tracefsDirectory, tracepointCategories, tracepointEvents, tracepointId } from "../kernel/tracefs.ts";
import type { LoadedProgram } from "../load/loaded-object.ts";
import { similarNames } from "../source/similar-names.ts";
import { LibbpfLink } from "./libbpf-link.ts";
import type { Link } from "./link.ts";
import { LinkGroup } from "./link-group.ts";
import { checkMatches, compilePattern } from "./pattern.ts";

/** A tracepoint of the kernel: "sched" and "sched_switch". */
export interface TracepointTarget {
  readonly category: string;
  readonly event: string;
}

/**
 * Attaches a tracepoint program. Requires Linux 4.7 and tracefs. Throws AttachError with similar names,
 * UnsupportedError where tracefs is not mounted, PermissionError.
 */
export function attachTracepoint(program: LoadedProgram, target: TracepointTarget): Link {
  const { category, event } = target;
  // The names become part of a path, and libbpf does not look at them.
  if (tracepointId(category, event) === undefined) throw unknownTracepoint(target);
  const attach = libbpf().bpf_program__attach_tracepoint_opts;
  const link = attach(program.pointer, cString(category).address, cString(event).address, 0);
  if (link === 0) throw explainFailure(target, lastErrno());
  return new LibbpfLink("tracepoint", `${category}:${event}`, link);
}

/**
 * Attaches a tracepoint program to all tracepoints whose names, as "category:event", begin with what a regular
 * expression matches. One link for all; `count` tells how many there are.
 */
export function attachTracepoints(
  program: LoadedProgram,
  pattern: string,
  onMatches?: (count: number) => void,
): Link {
  const matching = matchingTracepoints(pattern);
  onMatches?.(matching.length);
  checkMatches(pattern, "tracepoint", matching.length);
  return LinkGroup.attach("tracepoint", pattern, matching, (target) => attachTracepoint(program, target));
}

/** The tracepoints whose names, as "category:event", begin with what a regular expression matches. */
export function matchingTracepoints(pattern: string): TracepointTarget[] {
  const wanted = compilePattern(pattern);
  const all = tracepointCategories().flatMap((category) =>
    tracepointEvents(category).map((event): TracepointTarget => ({ category, event })),
  );
  return all.filter(({ category, event }) => wanted.test(`${category}:${event}`));
}

function explainFailure({ category, event }: TracepointTarget, errno: number): BpfError {
  const target = `${category}:${event}`;
  const what = `attach to the tracepoint ${target}`;
  const cause = new SyscallError(what, errno, errnoName(errno));
  const denied = permissionError(what, tracingCapabilities(), cause);
  if ((errno === ERRNO.EPERM || errno === ERRNO.EACCES) && denied !== undefined) return denied;
  if (errno === ERRNO.EACCES) {
    return new AttachError(target, `cannot ${what}: the program reads beyond what the tracepoint records`, {
      cause,
      hint: `Its fields are in ${tracefsDirectory()}/events/${category}/${event}/format.`,
    });
  }
  return new AttachError(target, `cannot ${what}: ${errnoName(errno)}`, { cause });
}

function unknownTracepoint({ category, event }: TracepointTarget): AttachError {
  const target = `${category}:${event}`;
  const categories = tracepointCategories();
  const near = tracepointEvents(category).map((name) => `${category}:${name}`);
  const elsewhere = categories.flatMap((name) => tracepointEvents(name).map((other) => `${name}:${other}`));
  // The right name in a wrong category comes first, then a similar one in the right category.
  const sameEvent = elsewhere.filter((name) => name.endsWith(`:${event}`));
  const similar = [
    ...new Set([...sameEvent, ...similarNames(target, near), ...similarNames(target, elsewhere)]),
  ];
  const [nearest] = similar;
  const reason = categories.includes(category) ? "no such tracepoint" : `no category ${category}`;
  return new AttachError(target, `cannot attach to the tracepoint ${target}: there is ${reason}`, {
    similar: similar.slice(0, 5),
    hint: nearest === undefined ? "`ls /sys/kernel/tracing/events` lists them." : `Did you mean ${nearest}?`,
  });
}
