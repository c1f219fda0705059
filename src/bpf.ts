import { registerForExit } from "./attach/exit-release.ts";
import type { Link } from "./attach/link.ts";
import { programTypeFor } from "./attach/program-type.ts";
import { attachProgram } from "./attach-program.ts";
import { Btf } from "./btf/btf.ts";
import { elfSection } from "./btf/elf.ts";
import type { BufferOptions } from "./buffer-options.ts";
import type { BuiltProgram } from "./built-program.ts";
import { BpfError, ClosedError } from "./errors.ts";
import { checked } from "./ffi/errno.ts";
import { libbpf } from "./ffi/libbpf.ts";
import { closeFd } from "./ffi/libc.ts";
import { GlobalVariables } from "./global-variables.ts";
import { HelperMethods } from "./helper-methods.ts";
import type { LoadedMap, LoadedObject, LoadedProgram } from "./load/loaded-object.ts";
import { publishTable } from "./load/public-tables.ts";
import type { GlobalsOf, MapsOf, RingsOf, Schema } from "./loaded-types.ts";
import { type AnyMap, createMap } from "./maps/create-map.ts";
import { openBuffers } from "./open-buffers.ts";
import type { AttachPoint } from "./program/program.ts";
import type { EventSource, IterationOptions } from "./rings/event-source.ts";
import { pollSources } from "./rings/poll-sources.ts";
import { TracePipe } from "./rings/trace-pipe.ts";
import type { Diagnostic } from "./source/diagnostic.ts";
import { similarNames } from "./source/similar-names.ts";
import { type BpfStats, collectStats, type Loss, type LossKind, lostEvents, missedRuns } from "./stats.ts";
import { type USDT, usdtPoints } from "./usdt.ts";

/**
 * Is told, when a program is closed, what a buffer could not deliver ("events"), and of which probe or program the
 * kernel left out runs ("runs").
 */
export type LostHandler = (name: string, count: number, kind: LossKind) => void;

const BUFFERS: ReadonlySet<string> = new Set(["ringbuf", "perf_output"]);

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
export class Bpf<Text extends string | Schema = string> extends HelperMethods {
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
  readonly #links = new Map<Link, string>();
  readonly #closers: (() => void)[] = [];
  readonly #globals: GlobalVariables;
  #properties: GlobalsOf<Text> | undefined;
  #pipe: TracePipe | undefined;
  #closed = false;

  /** Use {@link load}. */
  constructor(
    built: BuiltProgram,
    object: LoadedObject,
    { onLost, buffers: options, usdtContexts }: BpfOptions,
  ) {
    super();
    this.#built = built;
    this.#object = object;
    this.#onLost = onLost;
    this.#usdt = usdtPoints(usdtContexts);
    this.warnings = built.program.warnings;
    this.programs = object.names;
    const types = Btf.parse(elfSection(built.object, ".BTF") ?? new Uint8Array());
    this.types = types;
    this.#globals = new GlobalVariables(built.object, types, object.maps.values());
    this.#closers.push(() => this.#globals.close());
    const declared = new Map(built.program.tables.map((table) => [table.name, table]));
    const handles = [...object.maps.values()].filter((map) => !map.internal);
    const isBuffer = ({ name }: LoadedMap) => BUFFERS.has(declared.get(name)?.kind ?? "");
    const buffers = openBuffers(handles.filter(isBuffer), types, this.#globals.section(".bss"), options);
    const programFd = (name: string) => this.#program(name).fd;
    const maps = handles
      .filter((map) => !isBuffer(map))
      .map((map): [string, AnyMap] => {
        const inner = object.maps.get(declared.get(map.name)?.inner ?? "");
        return [map.name, createMap(map, types, { programFd, inner })];
      });
    this.#closers.push(...[...buffers.values()].map((buffer) => () => buffer.close()));
    this.#closers.push(
      ...maps.map(
        ([, map]) =>
          () =>
            map.close(),
      ),
    );
    this.maps = Object.freeze(Object.fromEntries(maps)) as MapsOf<Text>;
    this.rings = Object.freeze(Object.fromEntries(buffers)) as RingsOf<Text>;
    for (const { name, share } of built.program.tables) {
      const map = share === undefined ? undefined : object.maps.get(name);
      if (map !== undefined) this.#closers.push(publishTable(name, map.fd));
    }
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
    this.#checkName(name);
    const target =
      point ?? this.#usdt.get(name) ?? this.#built.program.functions.find((f) => f.name === name)?.attach;
    if (target === undefined || target.kind === "none") {
      const hint = `Say where: attach("${name}", { kind: "kprobe", symbol: "..." }).`;
      throw new BpfError("ATTACH_POINT", `the name of ${name} does not say where to attach it`, { hint });
    }
    const link = attachProgram(this.#programAt(name, target), target);
    this.#links.set(link, name);
    return link;
  }

  /**
   * Attaches all programs whose names say where, but iterators and KMOD_RET. All or none: when one fails, everything is closed. load() does
   * it unless told otherwise.
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
   * Blocks until a buffer that has a handler (`bpf.rings.events.on(...)`) has events or the time is over, and calls
   * the handlers: one wait for all of them, as bcc's perf_buffer_poll and ring_buffer_poll. Gives the number of
   * events.
   *
   * @throws BpfError "NO_HANDLER" where no buffer has one; ClosedError
   */
  poll(timeoutMs = -1): number {
    return pollSources(this.#handledRings(), timeoutMs);
  }

  /** Calls the handlers with the events that are there, of all buffers; gives their number. Never waits. */
  consume(): number {
    return this.#handledRings().reduce((count, ring) => count + ring.consume(), 0);
  }

  /**
   * Calls the handlers of all buffers with events as they come, without blocking, until the signal is aborted or
   * the program closed. Rejects with what a handler throws.
   *
   * @throws BpfError "NO_HANDLER" where no buffer has a handler; ClosedError
   * @example
   * bpf.rings.events.on(({ pid, comm }) => console.log(pid, comm));
   * await bpf.run({ signal: AbortSignal.timeout(10_000) });
   */
  async run(options: IterationOptions = {}): Promise<void> {
    await Promise.all(this.#handledRings().map((ring) => ring.run(options)));
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

  /** As the kind that runs at that place: its section may not have said it, or said another one. */
  #programAt(name: string, point: AttachPoint): LoadedProgram {
    const loaded = this.#object.programs.get(name);
    // Its arguments were verified as those of one tracepoint: it cannot be loaded as another kind.
    if (loaded?.section.startsWith("tp_btf/")) return loaded;
    const type = programTypeFor(point);
    return (type === undefined ? undefined : this.#object.programAs(name, type)) ?? this.#program(name);
  }

  #program(name: string): LoadedProgram {
    this.#checkName(name);
    const program = this.#object.programs.get(name);
    if (program !== undefined) return program;
    throw new BpfError("ATTACH_POINT", `the text does not say what kind of program ${name} is`, {
      hint: "Give it a context as its first parameter: struct pt_regs *ctx for a kprobe or uprobe.",
    });
  }

  #checkName(name: string): void {
    this.#checkOpen();
    if (this.programs.includes(name)) return;
    const similar = similarNames(name, this.programs, 1)[0];
    const hint =
      similar === undefined ? `There are ${this.programs.join(", ")}.` : `Did you mean ${similar}?`;
    throw new BpfError("UNKNOWN_PROGRAM", `there is no program ${name}`, { hint });
  }

  protected override keep(open: () => Disposable): void {
    this.#checkOpen();
    const kept = open();
    this.#closers.push(() => kept[Symbol.dispose]());
  }

  protected override loaded(name: string): LoadedProgram {
    return this.#program(name);
  }

  protected override loadedMaps(): Iterable<LoadedMap> {
    this.#checkOpen();
    return this.#object.maps.values();
  }

  protected override openLinks(): (readonly [Link, string])[] {
    for (const link of this.#links.keys()) if (link.fd === -1) this.#links.delete(link);
    return [...this.#links];
  }

  #handledRings(): EventSource<unknown>[] {
    this.#checkOpen();
    const all: EventSource<unknown>[] = Object.values(this.rings);
    const rings = all.filter((ring) => ring.handled);
    if (rings.length > 0) return rings;
    const hint = "Give one first: bpf.rings.NAME.on(handler).";
    throw new BpfError("NO_HANDLER", "no ring or perf buffer has a handler", { hint });
  }

  #checkOpen(): void {
    if (this.#closed) throw new ClosedError("the program");
  }
}
