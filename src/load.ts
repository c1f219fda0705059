import { checkBtfPoints } from "./attach/trampoline.ts";
import { Bpf, type LostHandler } from "./bpf.ts";
import type { BufferOptions } from "./buffer-options.ts";
import { buildProgram } from "./build-program.ts";
import type { BuildOptions, BuiltProgram } from "./built-program.ts";
import { BpfError } from "./errors.ts";
import { openLibbpfAhead } from "./ffi/libbpf.ts";
import { type IndexedFacts, indexedFacts } from "./kept-name-index.ts";
import { kernelSymbols } from "./kernel/kallsyms.ts";
import { loadObject } from "./load/load-object.ts";
import { VerifierError } from "./load/verifier-error.ts";
import { loadOtherwise } from "./load-otherwise.ts";
import { loadSession } from "./load-session.ts";
import type { Schema } from "./loaded-types.ts";
import { type ProgramTypeOption, programOptions } from "./program-types.ts";
import { type Diagnostic, renderDiagnostic } from "./source/diagnostic.ts";
import { SourceText } from "./source/source-text.ts";
import type { LossKind } from "./stats.ts";
import { tableOptions } from "./table-options.ts";
import { type USDT, usdtPrograms } from "./usdt.ts";
import { placesIn } from "./user-places.ts";

/** How a text is compiled, loaded and attached. */
export interface LoadOptions {
  /** The text's name in messages; by default "program.c". */
  readonly name?: string;
  /** Words for the compiler, as bcc's cflags: -D, -U, -I, -W. */
  readonly cflags?: readonly string[];
  /**
   * Macros of the text and their values, as a script's own options set them: true is 1, false and undefined are 0.
   * BpfError "DEFINE" when one is no name or no integer.
   */
  readonly defines?: Readonly<Record<string, number | bigint | boolean | undefined>>;
  /** Where `#include "..."` finds the user's own headers. By default nowhere. */
  readonly directory?: string;
  /** False: attach nothing. By default all programs are attached whose names say where. */
  readonly attach?: boolean;
  /** False: compile anew and keep nothing. */
  readonly cache?: boolean;
  /** As bcc's usdt_contexts: probes that programs declare of themselves, and the functions that run at them. */
  readonly usdtContexts?: readonly USDT[];
  /**
   * By the program's name: another type than its context says, as bcc's load_func. `struct __sk_buff *` is a socket
   * filter unless told: `{ classify: ProgramType.SCHED_CLS }`.
   */
  readonly programTypes?: Readonly<Record<string, ProgramTypeOption>>;
  /** Stops the compilation. */
  readonly signal?: AbortSignal;
  /** By table name: another size than the text says, in entries (bytes for a ring buffer). */
  readonly maxEntries?: Readonly<Record<string, number>>;
  /** By the name of a ring or perf buffer: its size, and when it wakes its reader. */
  readonly buffers?: Readonly<Record<string, BufferOptions>>;
  /**
   * Is told what the compiler and the translation warn of, before anything is loaded. By default it goes to stderr;
   * `bpf.warnings` has it, too.
   */
  readonly onWarning?: (warning: Diagnostic) => void;
  /** Is told at the end what was lost: events of a buffer, runs of a probe. By default lines on stderr say it. */
  readonly onLost?: LostHandler;
}

function tellWarning(warning: Diagnostic): void {
  process.stderr.write(`${renderDiagnostic(warning)}\n`);
}

function tellLost(name: string, count: number, kind: LossKind): void {
  const what =
    kind === "events"
      ? "events were lost; a larger buffer or a faster reader keeps them"
      : "runs were missed; the kernel leaves out those that begin while another program runs on the CPU, and returns of too many calls at once";
  process.stderr.write(`bcc-ts: ${name}: ${count} ${what}\n`);
}

/**
 * Compiles a C text in bcc's dialect, loads it into the kernel and attaches what its names say
 * (`kprobe__tcp_v4_connect`). The types of its maps and events are read from the text where it is a literal.
 *
 * @throws SourceError with diagnostics at the text's lines, VerifierError, AttachError, PermissionError,
 * UnsupportedError, LoadError, CompilerError; nothing is left attached then
 * @example
 * using bpf = await load(`
 * BPF_HASH(calls, u32, u64);
 * RAW_TRACEPOINT_PROBE(sys_enter) { u32 pid = bpf_get_current_pid_tgid() >> 32; calls.increment(pid); return 0; }
 * `);
 * bpf.maps.calls.get(process.pid); // bigint | undefined
 */
export function load<const Text extends string>(text: Text, options?: LoadOptions): Promise<Bpf<Text>>;
/** The same for a text that is put together at run time: the caller says the types. */
export function load<Given extends Schema>(text: string, options?: LoadOptions): Promise<Bpf<Given>>;
export async function load(text: string, options: LoadOptions = {}): Promise<Bpf> {
  // A byte order mark, as editors of other systems begin files with, is no part of the text.
  const source = new SourceText(options.name ?? "program.c", text.replace(/^\uFEFF/, " "));
  const session = loadSession();
  const known = session.facts === undefined ? indexedFacts() : { facts: session.facts, keepIndex: () => {} };
  const { facts } = known;
  const compileOptions = buildOptions(options, known);
  await session.onTranslate?.(source, compileOptions);
  const built = await buildProgram(source, compileOptions);
  await session.onBuild?.(built, facts);
  for (const warning of built.program.warnings) (options.onWarning ?? tellWarning)(warning);
  checkBtfPoints(
    built.program.functions.map((f) => f.attach),
    { has: (name) => facts.btf.find("func", name) !== undefined, all: () => kernelSymbols().functions },
  );
  const bpf = await loadBuilt(built, source, options).catch((error: unknown) => {
    if (!(error instanceof VerifierError)) throw error;
    return loadOtherwise(error, built.program.hasDirectLoads === true, async (way) =>
      loadBuilt(await buildProgram(source, { ...compileOptions, ...way }), source, options),
    );
  });
  if (options.attach !== false) bpf.attachAll();
  return bpf;
}

async function loadBuilt(built: BuiltProgram, source: SourceText, options: LoadOptions): Promise<Bpf> {
  const maps = tableOptions(built.program.tables, options.maxEntries ?? {});
  const describe = placesIn(source, built.program.changes);
  const programs = programOptions(options.programTypes ?? {});
  const object = loadObject(built.object, { source, describe, maps, programs });
  let bpf: Bpf;
  try {
    bpf = new Bpf(built, object, {
      onLost: options.onLost ?? tellLost,
      buffers: options.buffers ?? {},
      usdtContexts: options.usdtContexts ?? [],
    });
  } catch (error) {
    object.close();
    throw error;
  }
  await loadSession().onLoad?.(built);
  return bpf;
}

function buildOptions(options: LoadOptions, { facts, keepIndex }: IndexedFacts): BuildOptions {
  const { directory, cache, signal } = options;
  const usdt = usdtPrograms(options.usdtContexts ?? []);
  const cflags = [...(options.cflags ?? []), ...defineFlags(options.defines ?? {})];
  const warn = (message: string) => process.emitWarning(message, { code: "BCC_TS_CACHE" });
  const whileCompiling = () => {
    if (cache !== false) keepIndex(warn);
  };
  const whileParsing = openLibbpfAhead;
  return { facts, warn, directory, cache, signal, usdt, whileParsing, whileCompiling, cflags };
}

function defineFlags(defines: NonNullable<LoadOptions["defines"]>): string[] {
  return Object.entries(defines).map(([name, value]) => {
    const integer = value === undefined ? 0 : Number(value);
    if (!/^[A-Za-z_]\w*$/.test(name) || !Number.isInteger(integer)) {
      throw new BpfError("DEFINE", `${name} cannot be defined as ${value}: a name and an integer are needed`);
    }
    return `-D${name}=${typeof value === "bigint" ? value : integer}`;
  });
}
