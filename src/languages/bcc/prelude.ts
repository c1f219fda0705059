import { type Declarations, emitDeclarations } from "../../btf/emit-declarations.ts";
import type { KernelFacts } from "../../facts/kernel-facts.ts";
import type { ModuleTypes } from "../../facts/module-facts.ts";
import type { UsedModule } from "../../program/program.ts";
import { type Selection, selectDefinitions } from "./definitions.ts";
import { type Prescan, prescan } from "./prescan.ts";
import { TABLE_METHODS } from "./table-kinds.ts";
import { tracepointStruct } from "./tracepoint-struct.ts";

/**
 * "parse": tables have methods, for the syntax tree. "code": tables are BTF map definitions. "expand": tables
 * are unknown, so that the preprocessor leaves their macros as they stand.
 */
export type PreludeMode = "parse" | "code" | "expand";

export interface Prelude {
  readonly text: string;
  /** Tracepoints that the program names and this kernel does not have. */
  readonly missingTracepoints: readonly { readonly category: string; readonly event: string }[];
  /** BTF ids of the kernel types that it declares, and of those that decide over what it declares. */
  readonly kernelTypes: readonly number[];
  /** The module some of whose types it declares, too. */
  readonly module?: UsedModule | undefined;
}

/** Names that the rewritten program uses whatever the user's text says. */
const ALWAYS = {
  expand: ["u64"],
  parse: ["bpf_trace_printk", "pt_regs", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64"],
  code: "pt_regs u8 u16 u32 u64 s8 s16 s32 s64 SEC bcc_ts_low bcc_ts_low32 bcc_ts_half bcc_ts_bounded bcc_ts_copied bcc_ts_array bcc_ts_remainder bcc_ts_read bcc_ts_read_bits bcc_ts_copy bcc_ts_part bcc_ts_printk bcc_ts_vprintk bpf_probe_read BPF_ANY".split(
    " ",
  ),
} as const;

/**
 * All that stands before the user's text so that it compiles without a single header: configuration and
 * version, the kernel's types as BTF has them, tracepoint structs, and the dialect's own definitions.
 */
export function prelude(scan: Prescan, facts: KernelFacts, mode: PreludeMode): Prelude {
  const { text: definitions, asked } = select(scan, facts, mode);
  if (mode === "expand") {
    const text = [configuration(scan, facts), definitions, ""].join("\n");
    return { text, missingTracepoints: [], kernelTypes: [] };
  }
  const { declared, structs, module } = kernelTypes(scan, facts);
  const text = [configuration(scan, facts), declared.text, structs.text, definitions, ""].join("\n");
  const own = declared.declaredTypes.filter((id) => id < facts.btf.endId);
  const kernelTypeIds = [...own, ...[...asked].flatMap((struct) => structNamed(facts, struct) ?? [])];
  return { text, missingTracepoints: structs.missing, kernelTypes: kernelTypeIds, module };
}

function select(scan: Prescan, facts: KernelFacts, mode: PreludeMode): Selection {
  const names = new Set<string>([...scan.identifiers, ...ALWAYS[mode]]);
  if (mode === "code") for (const name of replacements(scan)) names.add(name);
  const selection = selectWith(names, scan, facts, mode);
  if (mode !== "code" || !selection.identifiers.has("BPF_PACKET_HEADER")) return selection;
  for (const name of PACKET_ACCESS) names.add(name);
  return selectWith(names, scan, facts, mode);
}

function selectWith(names: ReadonlySet<string>, scan: Prescan, facts: KernelFacts, mode: PreludeMode) {
  return selectDefinitions(libraryFiles(facts, mode), {
    identifiers: names,
    defined: new Set([...scan.defined.ordinary, ...scan.defined.macros]),
    members: scan.defined.members,
    headers: scan.headers,
    hasMember: (struct, member) => hasMember(facts, struct, member),
  });
}

function structNamed({ btf }: Pick<KernelFacts, "btf">, struct: string): number | undefined {
  return btf.find(["struct", "union"], struct);
}

function hasMember({ btf }: KernelFacts, struct: string, member: string): boolean {
  const id = structNamed({ btf }, struct);
  const type = id === undefined ? undefined : btf.type(id);
  return (type?.kind === "struct" || type?.kind === "union") && type.members.some((m) => m.name === member);
}

/** What reads and writes of packets become. */
const PACKET_ACCESS = ["bcc_ts_packet_get", "bcc_ts_packet_set"];

/** What calls that the passes rewrite become. */
function replacements({ identifiers }: Prescan): string[] {
  const isRewritten = (name: string) => TABLE_METHODS.has(name) || name.startsWith("incr_cksum_l");
  const names = [...identifiers]
    .filter(isRewritten)
    .flatMap((name) => [`bcc_ts_${name}`, `bcc_ts_${name}_at`]);
  return identifiers.has("bpf_get_current_task") ? [...names, "bpf_get_current_task_btf"] : names;
}

interface KernelTypes {
  readonly facts: KernelFacts;
  readonly declared: Declarations;
  readonly structs: ReturnType<typeof tracepointStructs>;
  readonly module: ModuleTypes | undefined;
}

const known = new WeakMap<Prescan, KernelTypes>();

/** Looking through all types of a kernel takes long: the parsed text and the compiled one get the same. */
function kernelTypes(scan: Prescan, facts: KernelFacts): KernelTypes {
  const before = known.get(scan);
  if (before?.facts === facts) return before;
  const selections = [select(scan, facts, "parse"), select(scan, facts, "code")];
  const structs = tracepointStructs(scan, facts);
  const names = union(...selections.map((s) => s.names));
  const module = moduleTypes(scan, names, facts);
  const declared = emitDeclarations(module?.btf ?? facts.btf, {
    identifiers: union(...selections.map((s) => s.identifiers), prescan(structs.text).identifiers),
    defined: { ...scan.defined, macros: union(scan.defined.macros, ...selections.map((s) => s.names)) },
  });
  const types = { facts, declared, structs, module };
  known.set(scan, types);
  return types;
}

/** Those of the module that has structs which neither the program, nor the library, nor the kernel itself has. */
function moduleTypes(
  scan: Prescan,
  library: ReadonlySet<string>,
  facts: KernelFacts,
): ModuleTypes | undefined {
  if (facts.modules === undefined) return undefined;
  const others = [...scan.usedTags].filter(
    (tag) => !scan.defined.tags.has(tag) && !library.has(tag) && !tag.startsWith("tracepoint__"),
  );
  const missing = others.filter((tag) => facts.btf.find(["struct", "union", "enum"], tag) === undefined);
  return missing.length === 0 ? undefined : facts.modules.typesOf(missing);
}

export function libraryFiles(facts: KernelFacts, mode: PreludeMode): string[] {
  const registers = `registers-${facts.architecture}.h`;
  const files = ["attributes.h", "constants.h", registers, "helpers.h", "inlines.h", "packets.h", "probes.h"];
  // The text with expanded macros has the arguments of such a probe where a function has them.
  files.push(mode === "code" ? "probes-code.h" : "probes-parse.h");
  return mode === "expand" ? files : [...files, `tables-${mode}.h`, "tables.h"];
}

function union(...sets: readonly ReadonlySet<string>[]): Set<string> {
  return new Set(sets.flatMap((set) => [...set]));
}

/** bcc compiles for the machine itself, so programs may ask for its macros. */
const MACHINE_MACROS = {
  x86_64: ["__x86_64__", "__x86_64", "__amd64__"],
  aarch64: ["__aarch64__"],
} as const;

function configuration(scan: Prescan, facts: KernelFacts): string {
  const lines: string[] = MACHINE_MACROS[facts.architecture].map((name) => `#define ${name} 1`);
  lines.push("#define __KERNEL__ 1", "#define __BPF_TRACING__ 1");
  lines.push('#define KBUILD_MODNAME "bcc"', `#define LINUX_VERSION_CODE ${facts.versionCode}`);
  for (const identifier of scan.identifiers) {
    if (!identifier.startsWith("CONFIG_") || scan.defined.macros.has(identifier)) continue;
    const value = facts.config(identifier);
    if (value === "y") lines.push(`#define ${identifier} 1`);
    else if (value === "m") lines.push(`#define ${identifier}_MODULE 1`);
    else if (value !== undefined && value !== "n") lines.push(`#define ${identifier} ${value}`);
  }
  return lines.join("\n");
}

function tracepointStructs(scan: Prescan, facts: KernelFacts) {
  const missing: { category: string; event: string }[] = [];
  const texts: string[] = [];
  for (const { category, event } of scan.tracepoints) {
    if (scan.defined.tags.has(`tracepoint__${category}__${event}`)) continue;
    const format = facts.tracepointFormat(category, event);
    if (format === undefined) missing.push({ category, event });
    else texts.push(tracepointStruct(category, event, format));
  }
  return { text: texts.join("\n"), missing };
}
