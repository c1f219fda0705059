import { existsSync } from "node:fs";
import { AttachError, type BpfError, SyscallError, UnsupportedError } from "../errors.ts";
import { lastErrno } from "../ffi/errno.ts";
import { ERRNO, errnoName } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { cString } from "../ffi/native-buffer.ts";
import { permissionError, tracingCapabilities } from "../kernel/capabilities.ts";
import { liveFacts } from "../kernel/live-facts.ts";
import { tracepointCategories, tracepointEvents } from "../kernel/tracefs.ts";
import type { LoadedProgram } from "../load/loaded-object.ts";
import { similarNames } from "../source/similar-names.ts";
import { LibbpfLink } from "./libbpf-link.ts";
import type { Link } from "./link.ts";

/** A tracepoint by its event's name alone: "sched_switch". */
export interface RawTracepointTarget {
  readonly event: string;
}

/**
 * Attaches a raw tracepoint program, which gets the tracepoint's arguments as they are. Requires Linux
 * 4.17. Throws AttachError with similar names, PermissionError.
 */
export function attachRawTracepoint(program: LoadedProgram, { event }: RawTracepointTarget): Link {
  if (program.type === TRACING) return attachWithBtf(program, event);
  const name = cString(event);
  const link = libbpf().bpf_program__attach_raw_tracepoint(program.pointer, name.address);
  if (link === 0) throw explainFailure(event, lastErrno());
  return new LibbpfLink("raw-tracepoint", event, link);
}

const VMLINUX_BTF = "/sys/kernel/btf/vmlinux";

/** enum bpf_prog_type: a program whose arguments the verifier knows is for one tracepoint. */
const TRACING = 26;

function attachWithBtf(program: LoadedProgram, event: string): Link {
  const own = program.section.slice(program.section.indexOf("/") + 1);
  if (own !== event) {
    const hint = `Leave "raw_tracepoint__" out of its name to attach it to others.`;
    throw new AttachError(event, `${program.name} is for the raw tracepoint ${own} alone`, { hint });
  }
  const link = libbpf().bpf_program__attach_trace_opts(program.pointer, 0);
  if (link === 0) throw explainFailure(event, lastErrno());
  return new LibbpfLink("raw-tracepoint", event, link);
}

function explainFailure(event: string, errno: number): BpfError {
  const what = `attach to the raw tracepoint ${event}`;
  const cause = new SyscallError(what, errno, errnoName(errno));
  if (errno === ERRNO.EPERM || errno === ERRNO.EACCES) {
    const denied = permissionError(what, tracingCapabilities(), cause);
    if (denied !== undefined) return denied;
  }
  if (errno === ERRNO.ENOENT) return unknownEvent(event, what, cause);
  if (errno !== ERRNO.EINVAL) return new AttachError(event, `cannot ${what}: ${errnoName(errno)}`, { cause });
  const count = argumentCount(event);
  const has = count === undefined ? "the tracepoint has" : `the ${count} that this kernel's ${event} has`;
  const hint = `The program must be a raw tracepoint program, and use no more arguments than ${has}.`;
  const reason = "the program is of another kind, or uses more arguments than it has";
  return new AttachError(event, `cannot ${what}: ${reason}`, { cause, hint });
}

/** Undefined where no BTF tells. */
function argumentCount(event: string): number | undefined {
  if (!existsSync(VMLINUX_BTF)) return undefined;
  const { btf } = liveFacts();
  const id = btf.find("typedef", `btf_trace_${event}`);
  const pointer = id === undefined ? undefined : btf.type(btf.resolve(id));
  const proto = pointer?.kind === "ptr" ? btf.type(btf.resolve(pointer.to)) : undefined;
  // The first is the tracepoint's own.
  return proto?.kind === "func_proto" ? proto.parameters.length - 1 : undefined;
}

function unknownEvent(event: string, what: string, cause: SyscallError): AttachError {
  const similar = similarNames(event, knownEvents());
  // Each system call has tracepoints in tracefs, but the kernel has only two for all of them.
  if (/^sys_(enter|exit)_/.test(event)) {
    const both = event.startsWith("sys_enter") ? "sys_enter" : "sys_exit";
    return new AttachError(event, `cannot ${what}: a single system call has no raw tracepoint`, {
      cause,
      hint: `Attach to ${both} and compare the number of the system call, or to the tracepoint syscalls:${event}.`,
      similar: [both],
    });
  }
  const [nearest] = similar;
  return new AttachError(event, `cannot ${what}: there is no such tracepoint`, {
    cause,
    similar,
    hint: nearest === undefined ? undefined : `Did you mean ${nearest}?`,
  });
}

/** None where tracefs is not mounted: raw tracepoints work without it, only the similar names are missing. */
function knownEvents(): string[] {
  try {
    const categories = tracepointCategories().filter((category) => category !== "syscalls");
    return categories.flatMap((category) => tracepointEvents(category));
  } catch (error) {
    if (error instanceof UnsupportedError) return [];
    throw error;
  }
}
