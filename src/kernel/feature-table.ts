import { existsSync } from "node:fs";
import { join } from "node:path";
import { BpfError } from "../errors.ts";
import { checked } from "../ffi/errno.ts";
import { errnoName } from "../ffi/errno-table.ts";
import { libbpf, libbpfLibrary } from "../ffi/libbpf.ts";
import { readCString } from "../ffi/library.ts";
import { HELPER, MAP_TYPE, PROGRAM_TYPE } from "./bpf-constants.ts";
import { missingCapabilities, permissionError, tracingCapabilities } from "./capabilities.ts";
import { GUEST_HINT } from "./guest-hint.ts";
import { kernelSymbols } from "./kallsyms.ts";
import { readIfThere, tracefsDirectory } from "./tracefs.ts";
import {
  perfEventLinkErrno,
  tryBatchLookup,
  tryFentry,
  tryIterator,
  tryKprobeMulti,
  tryLsm,
  tryModifyReturn,
  tryRawTracepoint,
} from "./trial-programs.ts";

export type FeatureName =
  | "libbpf"
  | "permission"
  | "BTF"
  | "kprobes"
  | "kprobe.multi"
  | "fentry"
  | "fmod_ret"
  | "lsm"
  | "iterators"
  | "uprobes"
  | "tracepoints"
  | "raw tracepoints"
  | "ring buffer"
  | "map batches"
  | "perf event links"
  | "attach cookies"
  | "trace pipe"
  | "kernel symbols"
  | "lockdown";

/** A feature and how it is tried: `probe` gives a line of detail, or throws what stands in the way. */
export interface Feature {
  readonly name: FeatureName;
  readonly since: string | undefined;
  readonly remedy: string;
  probe(): string;
}

const NEWER = `A newer kernel is needed. ${GUEST_HINT}`;

export const FEATURES: readonly Feature[] = [
  {
    name: "libbpf",
    since: undefined,
    remedy: "Install libbpf1 (Debian, Ubuntu) or libbpf (Fedora).",
    probe: () => {
      libbpfLibrary();
      return readCString(libbpf().libbpf_version_string());
    },
  },
  {
    name: "permission",
    since: undefined,
    remedy: "Run as root.",
    probe: () => {
      const wanted = tracingCapabilities();
      if (missingCapabilities(wanted).length > 0) throw permissionError("tracing", wanted);
      const paranoid = readIfThere("/proc/sys/kernel/perf_event_paranoid")?.trim();
      const unprivileged = readIfThere("/proc/sys/kernel/unprivileged_bpf_disabled")?.trim();
      return `${wanted.join(", ")}; perf_event_paranoid=${paranoid}, unprivileged_bpf_disabled=${unprivileged}`;
    },
  },
  {
    name: "BTF",
    since: "5.4",
    remedy: `The kernel must be built with CONFIG_DEBUG_INFO_BTF. ${GUEST_HINT}`,
    probe: () => mustExist("/sys/kernel/btf/vmlinux"),
  },
  {
    name: "kprobes",
    since: "4.17",
    remedy: `The kernel must be built with CONFIG_KPROBES and CONFIG_KPROBE_EVENTS. ${GUEST_HINT}`,
    probe: () => {
      mustExist("/sys/bus/event_source/devices/kprobe/type");
      mustKnowProgramType(PROGRAM_TYPE.kprobe, "kprobe");
      if (readIfThere("/sys/kernel/debug/kprobes/enabled")?.trim() === "0") {
        throw new BpfError("FEATURE", "kprobes are switched off", {
          hint: "Run `echo 1 > /sys/kernel/debug/kprobes/enabled`.",
        });
      }
      return "kprobes and kretprobes by perf events";
    },
  },
  {
    name: "kprobe.multi",
    since: "5.18",
    remedy: "The kernel must be built with CONFIG_FPROBE; one probe at a time works without it.",
    probe: () => attempt(tryKprobeMulti, "many functions with one link"),
  },
  {
    name: "fentry",
    since: "5.5",
    remedy: "The kernel must be built with BPF trampolines; kprobes do the same without them.",
    probe: () => attempt(tryFentry, "fentry and fexit by trampolines"),
  },
  {
    name: "fmod_ret",
    since: "5.7",
    remedy: "The kernel must be built with BPF trampolines and CONFIG_SECURITY.",
    probe: () => attempt(tryModifyReturn, "programs that change a function's result"),
  },
  {
    name: "lsm",
    since: "5.7",
    remedy: "The kernel must be built with CONFIG_BPF_LSM, and bpf be among the modules of `lsm=` at boot.",
    probe: () => {
      const modules = readIfThere("/sys/kernel/security/lsm")?.trim();
      if (modules !== undefined && !modules.split(",").includes("bpf")) {
        throw new BpfError("FEATURE", `bpf is not among the security modules (${modules})`);
      }
      return attempt(tryLsm, "hooks of the security modules");
    },
  },
  {
    name: "iterators",
    since: "5.8",
    remedy: NEWER,
    probe: () => attempt(tryIterator, "attached and detached one over tasks"),
  },
  {
    name: "uprobes",
    since: "4.17",
    remedy: "The kernel must be built with CONFIG_UPROBE_EVENTS.",
    probe: () => mustExist("/sys/bus/event_source/devices/uprobe/type"),
  },
  {
    name: "tracepoints",
    since: "4.7",
    remedy: "Run `mount -t tracefs nodev /sys/kernel/tracing`.",
    probe: () => {
      mustKnowProgramType(PROGRAM_TYPE.tracepoint, "tracepoint");
      return tracefsDirectory();
    },
  },
  {
    name: "raw tracepoints",
    since: "4.17",
    remedy: NEWER,
    probe: () => attempt(tryRawTracepoint, "attached and detached one"),
  },
  {
    name: "ring buffer",
    since: "5.8",
    remedy: `${NEWER} Perf buffers (BPF_PERF_OUTPUT) work on older ones.`,
    probe: () => {
      const known = checked("create a ring buffer", libbpf().libbpf_probe_bpf_map_type(MAP_TYPE.ringbuf, 0));
      if (known === 0) throw new BpfError("FEATURE", "the kernel does not know the map type");
      return "BPF_MAP_TYPE_RINGBUF";
    },
  },
  {
    name: "map batches",
    since: "5.6",
    remedy: "Maps are read entry by entry without them: slower, with the same result.",
    probe: () => attempt(tryBatchLookup, "read a map in one call"),
  },
  {
    name: "perf event links",
    since: "5.15",
    remedy: "Probes are attached by ioctl without them, with the same result.",
    probe: () => {
      const errno = perfEventLinkErrno();
      if (errno !== 9) throw new BpfError("FEATURE", `bpf_link_create gives ${errnoName(errno)}`);
      return "BPF_LINK_TYPE_PERF_EVENT";
    },
  },
  {
    name: "attach cookies",
    since: "5.15",
    remedy: NEWER,
    probe: () => {
      const helper = libbpf().libbpf_probe_bpf_helper(PROGRAM_TYPE.kprobe, HELPER.get_attach_cookie, 0);
      if (checked("load a program", helper) === 0) throw new BpfError("FEATURE", "no bpf_get_attach_cookie");
      return "bpf_get_attach_cookie";
    },
  },
  {
    name: "trace pipe",
    since: undefined,
    remedy: "Run `mount -t tracefs nodev /sys/kernel/tracing`.",
    probe: () => mustExist(join(tracefsDirectory(), "trace_pipe")),
  },
  {
    name: "kernel symbols",
    since: undefined,
    remedy: "Run as root (CAP_SYSLOG), with /proc/sys/kernel/kptr_restrict at 0 or 1.",
    probe: () => {
      if (kernelSymbols().hidesAddresses) throw new BpfError("FEATURE", "the kernel hides its addresses");
      return "/proc/kallsyms shows addresses";
    },
  },
  {
    name: "lockdown",
    since: undefined,
    remedy: "Boot without lockdown=confidentiality, or with Secure Boot off.",
    probe: () => {
      const modes = readIfThere("/sys/kernel/security/lockdown")?.trim() ?? "not built in or not mounted";
      if (modes.includes("[confidentiality]")) {
        throw new BpfError("FEATURE", "lockdown forbids BPF programs to read the kernel");
      }
      return modes;
    },
  },
];

function attempt(trial: () => void, detail: string): string {
  trial();
  return detail;
}

function mustExist(path: string): string {
  if (!existsSync(path)) throw new BpfError("FEATURE", `${path} is missing`);
  return path;
}

function mustKnowProgramType(type: number, name: string): void {
  const known = checked(`load a ${name} program`, libbpf().libbpf_probe_bpf_prog_type(type, 0));
  if (known === 0) throw new BpfError("FEATURE", `the kernel does not know ${name} programs`);
}
