import { registerForExit } from "./attach/exit-release.ts";
import type { Link } from "./attach/link.ts";
import { attachProgram } from "./attach-program.ts";
import { Btf } from "./btf/btf.ts";
import { elfSection } from "./btf/elf.ts";
import type { BufferOptions } from "./buffer-options.ts";
import type { BuiltProgram } from "./built-program.ts";
import { BpfError, ClosedError } from "./errors.ts";
import { EventMethods } from "./event-methods.ts";
import { checked } from "./ffi/errno.ts";
import { libbpf } from "./ffi/libbpf.ts";
import { closeFd } from "./ffi/libc.ts";
import { GlobalVariables } from "./global-variables.ts";
import type { LoadedMap, LoadedObject, LoadedProgram } from "./load/loaded-object.ts";
import { LoadedPrograms } from "./loaded-programs.ts";
import type { GlobalsOf, MapsOf, RingsOf, Schema } from "./loaded-types.ts";
import { openTables } from "./open-tables.ts";
import type { AttachPoint } from "./program/program.ts";
import type { EventSource } from "./rings/event-source.ts";
import { TracePipe } from "./rings/trace-pipe.ts";
import type { Diagnostic } from "./source/diagnostic.ts";
import { type BpfStats, collectStats, type Loss, type LossKind, lostEvents, missedRuns } from "./stats.ts";
import { type USDT, usdtPoints } from "./usdt.ts";

/**
 * Is told, when a program is closed, what a buffer could not deliver ("events"), and of which probe or program the
 * kernel left out runs ("runs").
 */
export type LostHandler = (name: string, count: number, kind: LossKind) => void;

/** What load() does not attach: unknown places, iterators, which run when they are read, and what changes results. */
const ON_REQUEST: ReadonlySet<string> = new Set(["none", "iter", "fmod-ret"]);

/** enum bpf_stats_type. */
const RUN_TIME = 0;

/** What load() gives beside the program. */
export interface BpfOptions {
  readonly onLost: LostHandler;
  readonly buffers: Readonly<Record<string, BufferOptions>>;
  readonly usdtContexts: readonly USDT[];
}

/**
 * A program in the kernel with its maps and probes. Everything is released by `close()`, at the end of a
 * `using` block, when the process ends, and, because probes are file descriptors, when it is killed.
 *
 * @example
 * using bpf = await load(`
 * BPF_HASH(opens, u32);
 * TRACEPOINT_PROBE(syscalls, sys_enter_openat) { opens.increment(bpf_get_current_pid_tgid() >> 32); return 0; }
 * `);
 * await new Promise((done) => setTimeout(done, 10_000));
 * for (const [pid, count] of bpf.maps.opens) console.log(pid, count);
 */
export class Bpf<Text extends string | Schema = string> extends EventMethods {
  /** The tables by their names, typed by the C text. */
  readonly maps: MapsOf<Text>;
  /** Ring and perf buffers by their names, typed by the C text. */
  readonly rings: RingsOf<Text>;
  /** What the compiler had to say of the text. */
  readonly warnings: readonly Diagnostic[];
  /** The names of the programs, which are those of the C functions. */
  readonly programs: readonly string[];
  protected readonly types: Btf;
  readonly #built: BuiltProgram;
  readonly #onLost: LostHandler;
  readonly #usdt: ReadonlyMap<string, AttachPoint>;
  readonly #object: LoadedObject;
  readonly #loaded: LoadedPrograms;
  readonly #links = new Map<Link, string>();
  readonly #closers: (() => void)[] = [];
  readonly #globals: GlobalVariables;
  #properties: GlobalsOf<Text> | undefined;
  #pipe: TracePipe | undefined;
  #closed = false;

  /** Use {@link load}. */
  constructor(built: BuiltProgram, object: LoadedObject, { onLost, buffers, usdtContexts }: BpfOptions) {
    super();
    this.#built = built;
    this.#object = object;
    this.#loaded = new LoadedPrograms(object);
    this.#onLost = onLost;
    this.#usdt = usdtPoints(usdtContexts);
    this.warnings = built.program.warnings;
    this.programs = object.names;
    const types = Btf.parse(elfSection(built.object, ".BTF") ?? new Uint8Array());
    this.types = types;
    const globals = new GlobalVariables(built.object, types, object.maps.values());
    this.#globals = globals;
    this.#closers.push(() => globals.close());
    const programFd = (name: string) => this.loaded(name).fd;
    const opened = openTables(built.program.tables, { object, types, globals, buffers, programFd });
    this.#closers.push(...opened.closers);
    this.maps = opened.maps as MapsOf<Text>;
    this.rings = opened.rings as RingsOf<Text>;
    this.#closers.push(registerForExit(this));
  }

  /**
   * The global variables of the C text, as they are now: both sides see changes at once, without system calls.
   * Constants can be read only. Typed by a Schema; else `unknown`.
   *
   * @throws ValueError when a value does not fit the variable's type; ClosedError
   * @example
   * using bpf = await load<{ globals: { limit: number } }>(`
   * volatile u32 limit = 10;
   * RAW_TRACEPOINT_PROBE(sys_enter) { if (limit > 0) __sync_fetch_and_sub(&limit, 1); return 0; }
   * `);
   * bpf.globals.limit = 100;
   */
  get globals(): GlobalsOf<Text> {
    this.#checkOpen();
    this.#properties ??= this.#globals.properties() as GlobalsOf<Text>;
    return this.#properties;
  }

  /**
   * Attaches a program. By default where its name says, as `kprobe__tcp_v4_connect` does.
   *
   * @throws AttachError when the target does not exist, with similar names; BpfError "UNKNOWN_PROGRAM" or
   * "ATTACH_POINT", UnsupportedError, PermissionError, ClosedError
   * @example
   * const link = bpf.attach("on_open", { kind: "kprobe", symbol: "do_sys_openat2" });
   * link.close(); // detaches it alone
   */
  override attach(name: string, point?: AttachPoint): Link {
    this.#checkOpen();
    this.#loaded.check(name);
    const target =
      point ?? this.#usdt.get(name) ?? this.#built.program.functions.find((f) => f.name === name)?.attach;
    if (target === undefined || target.kind === "none") {
      const hint = `Say where: attach("${name}", { kind: "kprobe", symbol: "..." }).`;
      throw new BpfError("ATTACH_POINT", `the name of ${name} does not say where to attach it`, { hint });
    }
    const link = attachProgram(this.#loaded.at(name, target), target);
    this.#links.set(link, name);
    return link;
  }

  /**
   * Attaches all programs whose names say where, but iterators and KMOD_RET. All or none: when one fails, everything
   * is closed. load() does it unless told otherwise.
   *
   * @throws AttachError, UnsupportedError, PermissionError
   */
  attachAll(): void {
    try {
      for (const { name, attach } of this.#built.program.functions) {
        if (!ON_REQUEST.has(attach.kind) || this.#usdt.has(name)) this.attach(name);
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * What programs write with bpf_trace_printk, line by line, as bcc's trace_fields. The kernel has one trace
   * pipe: lines of other programs that use it come too, and a line that another reader takes is gone.
   */
  override traceFields(): TracePipe {
    this.#checkOpen();
    if (this.#pipe === undefined || this.#pipe.closed) this.#pipe = new TracePipe();
    return this.#pipe;
  }

  /**
   * What the kernel has counted: size, runs and time of each program, what kprobes missed, and events that were
   * lost. Runs and times are counted after enableStats(); what this kernel does not tell is undefined. Updates of
   * full tables are counted nowhere: the C sees what they return.
   *
   * @throws ClosedError
   * @example
   * bpf.enableStats();
   * const { programs, links } = bpf.stats();
   * for (const [name, { runs, runTime }] of Object.entries(programs)) console.log(name, runs, runTime);
   * for (const { target, missed } of links) if (missed) console.log(`${target}: ${missed} runs were missed`);
   */
  stats(): BpfStats {
    this.#checkOpen();
    return this.#collectStats();
  }

  /**
   * Has the kernel count runs and times of all programs of the machine until close(): some 20 ns a run. Requires
   * Linux 5.8.
   *
   * @throws SyscallError, PermissionError; ClosedError
   */
  enableStats(): void {
    this.#checkOpen();
    const fd = checked("count the runs of programs", libbpf().bpf_enable_stats(RUN_TIME));
    this.#closers.push(() => closeFd(fd));
  }

  /** Detaches every probe and frees the programs and maps. Loops over events end. May be called again. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const missed = this.#missedRuns();
    for (const link of this.#links.keys()) link.close();
    this.#pipe?.close();
    // Only now no event comes any more.
    const losses = [...lostEvents(this.#lossyBuffers()), ...missed];
    // The newest first: buffers read their counters out of the global data.
    for (const close of this.#closers.reverse()) close();
    this.#object.close();
    for (const { name, count, kind } of losses) this.#onLost(name, count, kind);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #collectStats(): BpfStats {
    return collectStats(this.#object.programs.values(), this.openLinks(), this.#lossyBuffers());
  }

  #lossyBuffers(): [name: string, buffer: { readonly lost: number }][] {
    const buffers: [string, { readonly lost: number }][] = Object.entries(this.rings);
    if (this.#pipe !== undefined) buffers.push(["the trace pipe", this.#pipe]);
    return buffers;
  }

  #missedRuns(): Loss[] {
    try {
      return missedRuns(this.#collectStats());
    } catch (error) {
      // The process gave up its capabilities since: closing must go on.
      if (BpfError.is(error)) return [];
      throw error;
    }
  }

  protected override keep(open: () => Disposable): void {
    this.#checkOpen();
    const kept = open();
    this.#closers.push(() => kept[Symbol.dispose]());
  }

  protected override loaded(name: string): LoadedProgram {
    this.#checkOpen();
    return this.#loaded.get(name);
  }

  protected override loadedMaps(): Iterable<LoadedMap> {
    this.#checkOpen();
    return this.#object.maps.values();
  }

  protected override openLinks(): (readonly [Link, string])[] {
    for (const link of this.#links.keys()) if (link.fd === -1) this.#links.delete(link);
    return [...this.#links];
  }

  protected override openRings(): EventSource<unknown>[] {
    this.#checkOpen();
    return Object.values(this.rings);
  }

  #checkOpen(): void {
    if (this.#closed) throw new ClosedError("the program");
  }
}
