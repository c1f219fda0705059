import type { Diagnostic } from "../source/diagnostic.ts";
import type { SourceText, Span } from "../source/source-text.ts";
import type { TextChange } from "./original-place.ts";
import type { UsdtProbe } from "./usdt.ts";

/** What the name of a function may say of where it is attached. "none": the user attaches it by name. */
export type NamedAttachPoint =
  | ({ readonly kind: "kprobe" | "kretprobe" } & KernelFunctionPoint)
  | { readonly kind: "tracepoint"; readonly category: string; readonly event: string }
  | { readonly kind: "raw-tracepoint"; readonly event: string }
  | TrampolinePoint
  | ({ readonly kind: "iter" } & IteratorPoint)
  | { readonly kind: "none" };

/** A place in the kernel's code. */
export interface KernelFunctionPoint {
  /** A function's name; of a module's "module:name", too; or a hexadecimal address, "0xffffffff81234560". */
  readonly symbol: string;
  /** Bytes from there, at the start of an instruction. */
  readonly offset?: number | undefined;
  /** How many calls that have not returned yet a kretprobe follows at once. */
  readonly maxActive?: number | undefined;
}

/** A function that BTF describes: at its entry or return, in place of it ("fmod-ret"), or a hook of the security modules. */
export interface TrampolinePoint {
  readonly kind: "fentry" | "fexit" | "fmod-ret" | "lsm";
  /** For "lsm" the name of the hook: "file_open". */
  readonly symbol: string;
  /** The module that has the function; the kernel itself unless told. */
  readonly module?: string | undefined;
}

/** What a program is run over: "task", "task_file", "bpf_map_elem", "tcp". */
export interface IteratorPoint {
  readonly target: string;
  /** The map whose elements are gone through: its descriptor. */
  readonly mapFd?: number | undefined;
  /** Only this process (since Linux 6.1). */
  readonly pid?: number | undefined;
}

/** How a function is attached. A pattern is a regular expression that matches at the start of names. */
export type AttachPoint =
  | NamedAttachPoint
  | { readonly kind: "kprobe-multi" | "kretprobe-multi" | "tracepoint-multi"; readonly pattern: string }
  | ({ readonly kind: "uprobe" | "uretprobe" } & UserFunctionPoint)
  | ({ readonly kind: "usdt" } & UsdtPoint)
  | ({ readonly kind: "xdp" } & XdpPoint)
  | ({ readonly kind: "tc" } & TrafficControlPoint)
  | ({ readonly kind: "socket" } & SocketPoint)
  | ({ readonly kind: "object" } & ObjectPoint)
  | ({ readonly kind: "perf-event" } & PerfEventPoint);

/** A network device, by its name ("eth0") or number, in this process's network namespace. */
export type Device = string | number;

/** Where an XDP program runs: at each packet that a device receives. */
export interface XdpPoint {
  readonly device: Device;
  /** XDP_FLAGS_*: 2 in the kernel's generic code, 4 in the driver, 8 in the device. */
  readonly flags?: number | undefined;
}

/** Where a classifier runs: at each packet that comes in through a device, or leaves. */
export interface TrafficControlPoint {
  readonly device: Device;
  readonly direction: "ingress" | "egress";
}

/** A packet socket that a filter belongs to; without a device it hears all. */
export interface SocketPoint {
  readonly device?: Device | undefined;
}

/** What else programs are attached to: a control group by its path, or a map or other object by its descriptor. */
export interface ObjectPoint {
  readonly path?: string | undefined;
  readonly fd?: number | undefined;
  /** enum bpf_attach_type; see BPFAttachType. */
  readonly attachType: number;
  readonly flags?: number | undefined;
}

/** A probe that a program declares of itself, in one process or in all that have its file mapped. */
export interface UsdtPoint {
  readonly probe: UsdtProbe;
  readonly pid?: number | undefined;
}

/** A place in a program or library: a symbol or an address, and bytes from there; or all that a pattern matches. */
export interface UserFunctionPoint {
  /** A library's short name ("c"), a file name ("libc.so.6", "bash") or a path. */
  readonly binary: string;
  readonly symbol?: string | undefined;
  readonly pattern?: string | undefined;
  /** As the file's symbol table has it, before the file is relocated. */
  readonly address?: number | undefined;
  readonly offset?: number | undefined;
  /** Only in this process; in all unless told. */
  readonly pid?: number | undefined;
}

/** The rarer members of struct perf_event_attr. */
export interface PerfEventDetails {
  /** Threads that begin later count, too: with a pid. */
  readonly inherit?: boolean;
  readonly excludeUser?: boolean;
  readonly excludeKernel?: boolean;
  readonly excludeHypervisor?: boolean;
  readonly excludeIdle?: boolean;
  /** How near the instruction of a sample must be to what caused it: 0 to 3. */
  readonly preciseIp?: number;
  /** Of a breakpoint (PerfType.BREAKPOINT): reads 1, writes 2, instructions 4. */
  readonly breakpointType?: number;
  /** Of a breakpoint its address. */
  readonly config1?: number | bigint;
  /** Of a breakpoint its length. */
  readonly config2?: number | bigint;
  /** PERF_SAMPLE_BRANCH_*: which branches the processor is to note. */
  readonly branchSampleType?: number;
}

/** What perf_event_open(2) counts, and how often the program runs: every so many, or so often a second. */
export interface PerfEventPoint {
  readonly type: number;
  readonly config: number;
  readonly samplePeriod?: number | undefined;
  readonly sampleFreq?: number | undefined;
  /** Only in this thread; in all unless told. */
  readonly pid?: number | undefined;
  /** Only on this CPU; on all unless told. */
  readonly cpu?: number | undefined;
  /** The event that leads a group: its descriptor. */
  readonly groupFd?: number | undefined;
  /** More of struct perf_event_attr. */
  readonly attributes?: PerfEventDetails | undefined;
}

/** A function of the user's text that becomes a program in the kernel. */
export interface ProgramFunction {
  readonly name: string;
  /** The section it is compiled into; its prefix is libbpf's name for the program's type. */
  readonly section: string;
  readonly attach: NamedAttachPoint;
  readonly span: Span;
}

/** A table of the user's text. Key and value types are in the object's BTF. */
export interface TableDeclaration {
  readonly name: string;
  /** As BPF_TABLE names it: "hash", "perf_output"…; "extern" for one that another program of this process shares. */
  readonly kind: string;
  /** Other programs of this process find it by its name; a "shared" one is theirs if they have it already. */
  readonly share?: "public" | "shared";
  /** The table that tells of what kind the maps are that are in this map. */
  readonly inner?: string;
  /** Where it is pinned in a BPF file system. */
  readonly pin?: string;
}

/** The C types of the records that are sent through a ring or perf buffer. */
export interface EventDeclaration {
  readonly table: string;
  readonly types: readonly string[];
  /** True when the program computes how much of them it sends. */
  readonly mayBePart?: boolean;
}

/** A loaded module, and what tells this build of it from others. */
export interface UsedModule {
  readonly module: string;
  readonly identity: string;
}

/** What one text says, whatever its language: a plain value, the same for the same text and kernel facts. */
export interface Program {
  readonly source: SourceText;
  /** What clang compiles. Its line directives name the user's lines. */
  readonly code: string;
  readonly functions: readonly ProgramFunction[];
  readonly tables: readonly TableDeclaration[];
  readonly events: readonly EventDeclaration[];
  readonly warnings: readonly Diagnostic[];
  /** How the code differs from the text; undefined when no column of it can be told. */
  readonly changes?: readonly TextChange[] | undefined;
  /** BTF ids of the kernel types that the code declares. */
  readonly kernelTypes: readonly number[];
  /** A module of the kernel that some of the types are of. */
  readonly module?: UsedModule | undefined;
  /** True when kernel memory is read by plain loads, too, which not every verifier lets pass. */
  readonly hasDirectLoads?: boolean;
}

/** The section in which the code declares, for each buffer, a pointer to each type of event that it carries. */
export const EVENT_SECTION = ".bcc_ts.events";

/** The name of the pointer that tells the n-th event type of a buffer. */
export function eventVariable(table: string, index: number): string {
  return `bcc_ts_event_${index}_${table}`;
}

/** The same of a type of which a part may be sent: a size that only the running program knows. */
export function partialEventVariable(table: string, index: number): string {
  return `bcc_ts_part_${index}_${table}`;
}

/** The buffer that such a pointer belongs to. */
export function tableOfEventVariable(name: string): { table: string; isPart: boolean } | undefined {
  const [, kind, table] = /^bcc_ts_(event|part)_\d+_(\w+)$/.exec(name) ?? [];
  return table === undefined ? undefined : { table, isPart: kind === "part" };
}

/** The name of the global variable that counts a buffer's events that found no room. */
export function lostVariable(table: string): string {
  return `bcc_ts_lost_${table}`;
}
