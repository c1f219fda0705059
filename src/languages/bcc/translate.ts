import type { KernelFacts } from "../../facts/kernel-facts.ts";
import type { Program, ProgramFunction } from "../../program/program.ts";
import type { Diagnostic } from "../../source/diagnostic.ts";
import { SourceError } from "../../source/source-error.ts";
import { SourceText } from "../../source/source-text.ts";
import { checkTables, tableDefines } from "./check-tables.ts";
import { copyCounters } from "./copy-counters.ts";
import { declarePrograms } from "./declare-programs.ts";
import { expandedSource, toOriginal } from "./expanded-source.ts";
import { explainDiagnostics } from "./explain-diagnostic.ts";
import { eventDeclarations, findEventTypes } from "./find-event-types.ts";
import { flagMacros } from "./flag-macros.ts";
import { keepBounds } from "./keep-bounds.ts";
import { refuseMissingHeaders, withoutKernelIncludes } from "./kernel-includes.ts";
import { loadParameters } from "./load-parameters.ts";
import { withOwnHeaders } from "./own-headers.ts";
import { libraryFiles, prelude } from "./prelude.ts";
import { mergeScans, type Prescan, prescan, withMacros } from "./prescan.ts";
import { readKernelMemory } from "./read-kernel-memory.ts";
import { refuseUnknownMacros } from "./refuse-unknown-macros.ts";
import { rewritePackets } from "./rewrite-packets.ts";
import { rewritePrintk } from "./rewrite-printk.ts";
import { rewriteTableCalls } from "./rewrite-table-calls.ts";
import { rewriteTableTypes } from "./rewrite-table-types.ts";
import { rewriteUsdt } from "./rewrite-usdt.ts";
import type { AstNode } from "./syntax-tree.ts";
import { TranslationUnit } from "./translation-unit.ts";
import { type UsdtPrograms, usdtReaders } from "./usdt-readers.ts";
import { warnUnknownTests } from "./warn-unknown-tests.ts";
import { zeroKeys } from "./zero-keys.ts";

/** What the translation asks of a C compiler. Lines of `source` are named by line directives in the code. */
export interface CFrontEnd {
  parse(code: string, source: SourceText): Promise<{ tree: AstNode; diagnostics: readonly Diagnostic[] }>;
  preprocess(code: string, source: SourceText): Promise<string>;
}

export interface TranslateOptions {
  /** The words that the compiler is given: what they define is the program's own. */
  readonly cflags?: readonly string[] | undefined;
  /** The text of a header of the user's own, as `#include "name"` finds it; undefined when there is none. */
  readonly readHeader?: (name: string) => string | undefined;
  /** The probes that programs of user code declare of themselves, by the programs that run at them. */
  readonly usdt?: UsdtPrograms | undefined;
  /** Read kernel memory by probe reads alone, where the verifier refused plain loads. */
  readonly plainReads?: boolean | undefined;
  /** Have verifiers follow what is known of a value's lower half, where one refused an access as unbounded. */
  readonly keepBounds?: boolean | undefined;
}

const NO_USDT: UsdtPrograms = new Map();

/** In this order; each pass reads the tree and adds to the edits, none sees another's. */
const PASSES = [
  checkTables,
  loadParameters,
  rewriteTableCalls,
  rewriteTableTypes,
  rewritePrintk,
  rewritePackets,
  keepBounds,
  copyCounters,
  zeroKeys,
  readKernelMemory,
] as const;

/**
 * Translates a text in bcc's dialect into C for clang's BPF target.
 *
 * @throws SourceError with all that is wrong at the user's lines
 */
export async function translate(
  source: SourceText,
  facts: KernelFacts,
  frontEnd: CFrontEnd,
  options: TranslateOptions = {},
): Promise<Program> {
  const readHeader = options.readHeader ?? (() => undefined);
  const own = new SourceText(source.name, withoutKernelIncludes(source.text, readHeader));
  const usdt = options.usdt ?? NO_USDT;
  const readers = usdtReaders(usdt);
  const userScan = prescan(withOwnHeaders(source, readHeader));
  const scan = withMacros(
    readers === "" ? userScan : mergeScans(userScan, prescan(readers)),
    flagMacros(options.cflags ?? []),
  );
  const unknown = [
    ...refuseMissingHeaders(source, readHeader),
    ...refuseUnknownMacros(source, scan, libraryFiles(facts, "parse")),
  ];
  if (unknown.length > 0) throw new SourceError(unknown);
  const warnings = warnUnknownTests(own, scan, facts, libraryFiles(facts, "parse"));
  const first = await rewrite(own, scan, facts, frontEnd, { ...options, usdt });
  if (!first.unit.needsExpansion) {
    const program = finish(source, first, facts, scan, readers);
    return { ...program, warnings: [...warnings, ...program.warnings], changes: first.unit.edits.changes };
  }
  // A change falls inside of a macro's body: the text with all macros but the tables' expanded is changed instead.
  const code = assemble(prelude(scan, facts, "expand").text, own);
  const expanded = expandedSource(await frontEnd.preprocess(code, own), own);
  const expandedScan = mergeScans(scan, prescan(expanded.text));
  const second = await rewrite(expanded, expandedScan, facts, frontEnd, { ...options, usdt }, (d) =>
    toOriginal(d, own),
  );
  const program = finish(source, second, facts, expandedScan, readers);
  return { ...program, warnings: [...warnings, ...program.warnings] };
}

interface Rewritten {
  readonly unit: TranslationUnit;
  readonly functions: readonly ProgramFunction[];
  readonly diagnostics: readonly Diagnostic[];
}

async function rewrite(
  source: SourceText,
  scan: Prescan,
  facts: KernelFacts,
  frontEnd: CFrontEnd,
  options: TranslateOptions & { readonly usdt: UsdtPrograms },
  place: (diagnostic: Diagnostic) => Diagnostic = (d) => d,
): Promise<Rewritten> {
  const head = prelude(scan, facts, "parse");
  const code = assemble(head.text, source);
  const { tree, diagnostics } = await frontEnd.parse(code, source);
  const explained = explainDiagnostics(diagnostics, { scan, facts, missing: head.missingTracepoints });
  if (explained.some(isError)) throw new SourceError(explained);
  const unit = new TranslationUnit(
    source,
    code.slice(0, code.length - source.text.length),
    tree,
    facts,
    options,
  );
  const functions = declarePrograms(unit);
  for (const pass of PASSES) pass(unit);
  rewriteUsdt(unit, options.usdt);
  const all = [...explained, ...unit.diagnostics.map(place)];
  if (all.some(isError)) throw new SourceError(all);
  return { unit, functions, diagnostics: all };
}

function finish(
  source: SourceText,
  done: Rewritten,
  facts: KernelFacts,
  scan: Prescan,
  readers: string,
): Program {
  const { unit, functions, diagnostics } = done;
  const head = prelude(scan, facts, "code");
  const events = findEventTypes(unit);
  const licence = scan.defined.macros.has("BPF_LICENSE") ? "BPF_LICENSE" : "GPL";
  const tail = [
    '#line 1 "<bcc-ts>"',
    eventDeclarations(events),
    "#define BCC_TS_TEXT(name) BCC_TS_QUOTED(name)",
    "#define BCC_TS_QUOTED(name) #name",
    `char _license[] __attribute__((section("license"), used)) = BCC_TS_TEXT(${licence});`,
  ].join("\n");
  return {
    source,
    code: `${assemble(`${tableDefines(unit)}\n${head.text}${readers}`, new SourceText(unit.source.name, unit.edits.apply(unit.source)))}\n${tail}\n`,
    functions,
    tables: unit.tables.map(({ node: _, ...table }) => table),
    events,
    warnings: diagnostics,
    kernelTypes: head.kernelTypes,
    module: head.module && { module: head.module.module, identity: head.module.identity },
    hasDirectLoads: unit.hasDirectLoads,
  };
}

function assemble(head: string, source: SourceText): string {
  return `${head}\n#line 1 ${JSON.stringify(source.name)}\n${source.text}`;
}

function isError(diagnostic: Diagnostic): boolean {
  return diagnostic.severity === "error";
}
