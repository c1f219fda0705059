import type { ProgramFunction } from "../../program/program.ts";
import { kindByName } from "./program-kind.ts";
import { type AstNode, canonicalType, children, walk } from "./syntax-tree.ts";
import { calleeName, type TranslationUnit, type UserFunction } from "./translation-unit.ts";
import { trustedSources } from "./trusted-sources.ts";

/** Program types by the type of the context, where the name does not say. */
const SECTION_BY_CONTEXT: readonly (readonly [RegExp, string])[] = [
  [/^struct pt_regs \*$/, "kprobe"],
  // What does not look into its context is attached to a function, nearly always: bcc's hello(void *ctx).
  [/^void \*$/, "kprobe"],
  [/^struct bpf_raw_tracepoint_args \*$/, "raw_tracepoint"],
  [/^struct tracepoint__\w+ \*$/, "tracepoint"],
  [/^struct bpf_perf_event_data \*$/, "perf_event"],
  [/^struct xdp_md \*$/, "xdp"],
  [/^struct __sk_buff \*$/, "socket"],
  [/^struct sk_msg_md \*$/, "sk_msg"],
  [/^struct bpf_sock_ops \*$/, "sockops"],
  [/^struct bpf_sockopt \*$/, "cgroup/getsockopt"],
  [/^struct bpf_sock_addr \*$/, "cgroup/connect4"],
  [/^struct bpf_sock \*$/, "cgroup/sock_create"],
  [/^struct bpf_sysctl \*$/, "cgroup/sysctl"],
  [/^struct bpf_cgroup_dev_ctx \*$/, "cgroup/dev"],
];

/** Gives every program its section, so that libbpf knows its type, and inlines the other functions. */
export function declarePrograms(unit: TranslationUnit): ProgramFunction[] {
  const programs: ProgramFunction[] = [];
  const names = new Set(unit.programs.map((program) => program.name));
  for (const f of unit.functions) {
    const start = unit.places.startOf(f.node) ?? 0;
    if (f.isStatic) {
      if (!hasAttribute(f.node, "NoInlineAttr")) unit.edits.insert(start, "__attribute__((always_inline)) ");
      continue;
    }
    const { attach, section } = kindByName(f.name, unit.facts) ?? {
      attach: { kind: "none" } as const,
      section: sectionByContext(unit, f),
    };
    const withBtf = attach.kind === "raw-tracepoint" && trustedSources(unit).tracepoints.has(f.name);
    const place = withBtf ? `tp_btf/${attach.event}` : section;
    unit.edits.insert(start, `__attribute__((section("${place}"), used)) `);
    programs.push({ name: f.name, section: place, attach, span: nameSpan(unit, f) });
  }
  refuseCallsToPrograms(unit, names);
  refuseNamesOfSections(unit, new Set(["license", ...programs.map(({ section }) => section)]));
  return programs;
}

function sectionByContext(unit: TranslationUnit, f: UserFunction): string {
  const context = f.parameters[0];
  const type = context === undefined ? "" : canonicalType(context);
  const known = SECTION_BY_CONTEXT.find(([pattern]) => pattern.test(type))?.[1];
  if (known !== undefined) return known;
  // Loaded as what it is attached to, and not before; programs may also declare functions that they never attach.
  if (context === undefined || /^(?:const )?(?:struct|union) .*\*$/.test(type)) return "?kprobe";
  const message = `cannot tell what kind of program ${f.name} is from its context '${type || "void"}'`;
  const hint = "Make it static if it is a helper; a probe takes struct pt_regs *ctx first.";
  unit.report("error", "PROGRAM_KIND", message, f.node, hint);
  return "kprobe";
}

function nameSpan(unit: TranslationUnit, f: UserFunction) {
  const span = unit.spanOf(f.node);
  const at = unit.source.text.indexOf(f.name, span.start);
  return at >= 0 && at < span.end ? { start: at, end: at + f.name.length } : span;
}

function hasAttribute(node: AstNode, kind: string): boolean {
  return children(node).some((child) => child.kind === kind);
}

/** To clang a section of the object is a symbol, as a table is. */
function refuseNamesOfSections(unit: TranslationUnit, sections: ReadonlySet<string>): void {
  for (const { node, name } of unit.tables.filter((table) => sections.has(table.name))) {
    const message = `a table cannot have the name ${name} here: the programs' part of the object file has it`;
    unit.report("error", "TABLE_NAME", message, node, `Name it otherwise, ${name}s for instance.`);
  }
}

function refuseCallsToPrograms(unit: TranslationUnit, programs: ReadonlySet<string>): void {
  for (const f of unit.functions) {
    walk(f.body, (node) => {
      const name = node.kind === "CallExpr" ? calleeName(node) : undefined;
      if (name !== undefined && programs.has(name)) {
        const message = `${name} is a program of its own and cannot be called`;
        unit.report("error", "CALLED_PROGRAM", message, node, `Declare it static: static int ${name}(...).`);
      }
      return true;
    });
  }
}
