import { BpfError } from "./errors.ts";
import { loadObject } from "./load/load-object.ts";
import type { ObjectPlace } from "./load/load-options.ts";
import type { LoadedObject } from "./load/loaded-object.ts";
import { VerifierError } from "./load/verifier-error.ts";
import { originalSpan } from "./program/original-place.ts";
import type { ScriptDescription, ScriptProbe } from "./program/script.ts";
import { refusedHelper } from "./refused-helper.ts";
import { RingBuffer } from "./rings/ring-buffer.ts";
import { ScriptMaps } from "./script-maps.ts";
import { ScriptPackets } from "./script-packets.ts";
import { ScriptProbes } from "./script-probes.ts";
import { runTrials, type TrialHost, trialsOf } from "./script-trials.ts";
import { requestCodec } from "./scripts/decode-record.ts";
import { LostCounter } from "./scripts/lost-counter.ts";
import { Speller } from "./scripts/spell-deferred.ts";
import { testRun } from "./scripts/test-run.ts";
import { namesUserAddresses } from "./scripts/user-addresses.ts";
import type { SourceText } from "./source/source-text.ts";
import { MappingLog } from "./symbols/mapping-log.ts";
import { processAddresses } from "./symbols/process-addresses.ts";
import type { ScriptRequest } from "./values/script-request.ts";
import type { ScriptEvent, ScriptMapValue } from "./values/script-value.ts";

/** A script that is compiled, or was taken from the cache. */
export interface CompiledScript {
  readonly object: Uint8Array;
  readonly description: ScriptDescription;
  readonly source: SourceText;
}

export interface ScriptRunOptions {
  /** Is called with each event, in order; what it throws ends the run. */
  readonly onEvent: (event: ScriptEvent) => void;
  /** Told where a probe cannot be attached and the script says that it may be missing. */
  readonly onWarning?: (message: string) => void;
  /** Only probes whose names match, and begin and end, are there; all unless told. */
  readonly only?: RegExp | undefined;
  /** The process that is traced, or the command, which waits for its first instruction. */
  readonly pid?: number | undefined;
  readonly command?: number | undefined;
}

/** A test or measurement that is running. */
interface Trial {
  failed: boolean;
  drop: boolean;
}

/** The exit status where a test fails. */
const TESTS_FAILED = 1;
const RINGS = ["bt_events", "bt_control"] as const;
/** Remembers when the script began. */
const CLOCK = "bt_begin_clock";
/** How long events may be told without a turn of the event loop, and after the end was asked for. */
const SLICE_MS = 20;
const PATIENCE_MS = 500;
/** No event of a flood takes this long. */
const SLOW_MS = 100;

/**
 * A script in the kernel: its maps, its probes, and what it tells. `run` resolves at its end, with the status
 * that exit() was given.
 */
export class ScriptRun implements Disposable {
  readonly #script: CompiledScript;
  readonly #options: ScriptRunOptions;
  readonly #object: LoadedObject;
  readonly #speller: Speller;
  readonly #rings: RingBuffer<ScriptRequest | undefined>[];
  readonly #lost: LostCounter;
  readonly #maps: ScriptMaps;
  readonly #probes: ScriptProbes;
  #packets: ScriptPackets | undefined;
  readonly #ending = new AbortController();
  #exitCode = 0;
  #mappings: MappingLog | undefined;
  #deadline = Number.POSITIVE_INFINITY;
  /** When an event was told last. */
  #toldAt = 0;
  #dropped = 0;
  #trial: Trial | undefined;
  /** Records of programs that were measured. */
  #notLost = 0;
  #started = false;
  #closed = false;

  /** Loads the script. Throws what load() throws: VerifierError, PermissionError and others. */
  constructor(script: CompiledScript, options: ScriptRunOptions) {
    this.#script = filtered(script, options.only);
    this.#options = options;
    const used = new Set(this.#script.description.probes.map(({ program }) => program));
    const left = script.description.probes.filter(({ program }) => !used.has(program));
    const programs = Object.fromEntries(left.map(({ program }) => [program, { autoload: false }]));
    const { source } = script;
    // Which line is known, and not which part of it.
    const describe = ({ file, line }: ObjectPlace) => {
      if (file !== source.name && !file.endsWith(`/${source.name}`)) return undefined;
      return { source, span: originalSpan(source, undefined, line, 1) };
    };
    try {
      this.#object = loadObject(script.object, { source, describe, programs });
    } catch (error) {
      throw (error instanceof VerifierError && refusedHelper(error, script.description, source)) || error;
    }
    this.#speller = new Speller(this.#object, script.description);
    const codec = requestCodec(script.description, this.#speller, script.source.name);
    this.#rings = RINGS.flatMap((name) => {
      const map = this.#object.maps.get(name);
      return map === undefined ? [] : [new RingBuffer(map, { codec })];
    });
    this.#maps = new ScriptMaps(this.#object, script.description, this.#speller);
    this.#probes = new ScriptProbes(this.#object, this.#script.description, options);
    this.#lost = new LostCounter(script.object, this.#object);
    for (const ring of this.#rings) ring.on((request) => request && this.#handle(request));
  }

  /** Attaches the probes, tells what happens until the end, and gives the exit status. */
  async run(): Promise<number> {
    try {
      if (!this.#started) this.start();
      await this.#untilEnd();
      this.#finish();
      return this.#exitCode;
    } finally {
      this.close();
    }
  }

  /** Runs the begin blocks and attaches the others. run() does it when it was not done before. */
  start(): void {
    this.#started = true;
    const { probes } = this.#script.description;
    if (namesUserAddresses(this.#script.description)) this.#recordMappings();
    this.#packets = ScriptPackets.of(this.#object, this.#script.description, this.#speller.bootTime);
    const clock = this.#object.programs.get(CLOCK);
    if (clock !== undefined) testRun(clock);
    for (const probe of probes) if (probe.attach.kind === "begin") testRun(this.#probes.program(probe));
    this.#options.onEvent({ kind: "attached", probes: this.#probes.attach() });
    // Once: in a flood there is always more, and the loop of run() sees to it.
    for (const ring of this.#rings) ring.consume();
  }

  /**
   * Ends the run as exit() does: end blocks run, maps are shown. What is waiting to be told is told for half a
   * second, and for another one when nothing can be added to it; the rest counts as lost.
   */
  stop(): void {
    if (this.#ending.signal.aborted) return;
    this.#waitFor(PATIENCE_MS);
    this.#ending.abort();
  }

  /** The maps of the script as they are now. */
  maps(): ScriptMapValue[] {
    return this.#script.description.maps.map((layout) => this.#maps.read(layout));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#probes.detach();
    for (const ring of this.#rings) ring.close();
    this.#mappings?.close();
    this.#packets?.close();
    this.#lost.close();
    this.#object.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** What is told at the end may be of processes that have ended. */
  #recordMappings(): void {
    const { pid, command } = this.#options;
    try {
      this.#mappings = MappingLog.open(command);
      if (pid !== undefined) processAddresses(pid);
    } catch (error) {
      // Without it those that still run have names, as far as they may be looked at.
      if (!BpfError.is(error)) throw error;
    }
  }

  async #untilEnd(): Promise<void> {
    const { probes } = this.#script.description;
    this.#probes.runIterators(() => this.#drain());
    const trials = trialsOf(probes);
    if (trials.length > 0) {
      this.#trial = { failed: false, drop: false };
      const passed = runTrials(trials, this.#trialHost(this.#trial));
      this.#trial = undefined;
      if (!passed) this.#exitCode = TESTS_FAILED;
      return;
    }
    const waits = probes.some(({ attach }) => !["begin", "end", "iterator", "iter"].includes(attach.kind));
    if (!waits && probes.some(({ attach }) => attach.kind !== "end")) return;
    const signal = this.#ending.signal;
    const packets = this.#packets?.run(signal);
    await Promise.all([...this.#rings.map((ring) => this.#follow(ring, signal)), packets]);
  }

  /** In a flood the event loop has its turns all the same, or nothing could end the script. */
  async #follow(ring: RingBuffer<ScriptRequest | undefined>, signal: AbortSignal): Promise<void> {
    for await (const batch of ring.batches({ signal })) {
      let until = performance.now() + SLICE_MS;
      for (const request of batch) {
        if (request !== undefined) this.#handle(request);
        if (performance.now() < until) continue;
        await new Promise((resolve) => setImmediate(resolve));
        until = performance.now() + SLICE_MS;
      }
    }
  }

  #trialHost(trial: Trial): TrialHost {
    return {
      program: (probe) => this.#probes.program(probe),
      tell: this.#options.onEvent,
      hear: (how) => {
        trial.failed = false;
        trial.drop = how === "drop";
        this.#drain();
        if (trial.drop) this.#notLost = this.#lost.count;
        return trial.failed;
      },
    };
  }

  #finish(): void {
    this.#probes.detach();
    // Detaching may take longer than that by itself.
    if (this.#deadline !== Number.POSITIVE_INFINITY) this.#waitFor(PATIENCE_MS);
    this.#drain();
    this.#deadline = Number.POSITIVE_INFINITY;
    for (const probe of this.#script.description.probes) {
      if (probe.attach.kind === "end") testRun(this.#probes.program(probe));
    }
    this.#drain();
    const lost = this.#lost.count - this.#notLost + this.#dropped + (this.#packets?.lost ?? 0);
    if (lost > 0) this.#options.onEvent({ kind: "lost", count: lost });
    const { probes, settings } = this.#script.description;
    // Maps of tests and of what is measured are nobody's result.
    if (settings.printMapsOnExit && trialsOf(probes).length === 0) this.#showMaps();
    this.#options.onEvent({ kind: "exit", code: this.#exitCode });
  }

  #showMaps(): void {
    for (const map of this.maps()) {
      if (map.entries.length > 0) this.#options.onEvent({ kind: "map", map, atEnd: true });
    }
  }

  #waitFor(milliseconds: number): void {
    this.#toldAt = performance.now();
    this.#deadline = this.#toldAt + milliseconds;
  }

  /** What takes long once, as reading the kernel's symbols for the first of them, is not the flood's time. */
  #isLate(): boolean {
    const now = performance.now();
    const took = now - this.#toldAt;
    this.#toldAt = now;
    if (took > SLOW_MS) this.#deadline += took;
    return now >= this.#deadline;
  }

  #drain(): void {
    for (const ring of [...this.#rings, this.#packets]) while (ring !== undefined && ring.consume() > 0);
  }

  #handle(request: ScriptRequest): void {
    if (this.#trial !== undefined && this.#isOfTrial(request, this.#trial)) return;
    const { onEvent } = this.#options;
    const { maps } = this.#script.description;
    switch (request.kind) {
      case "event":
        if (this.#isLate()) this.#dropped++;
        else onEvent(request.event);
        break;
      case "print-map": {
        const layout = maps[request.action.map ?? 0];
        const { top, divisor } = request;
        if (layout !== undefined) onEvent({ kind: "map", map: this.#maps.orZero(layout), top, divisor });
        break;
      }
      case "watch":
        this.#probes.watch(request.program, request.address, request.pid);
        break;
      case "unwatch":
        this.#probes.unwatch(request.address);
        break;
      case "clear":
      case "zero":
        this.#maps.empty(maps[request.map], request.kind);
        break;
      case "exit":
        this.#exitCode = request.code;
        this.#ending.abort();
        break;
    }
  }

  /** Tests and measurements do not end the script, and what the measured print is not told. */
  #isOfTrial(request: ScriptRequest, trial: Trial): boolean {
    if (request.kind === "event" && request.event.kind === "errorf") trial.failed = true;
    if (request.kind === "exit" && request.code !== 0) trial.failed = true;
    return trial.drop || request.kind === "exit";
  }
}

function filtered(script: CompiledScript, only: RegExp | undefined): CompiledScript {
  if (only === undefined) return script;
  const stays = ({ name, attach }: ScriptProbe) =>
    attach.kind === "begin" || attach.kind === "end" || only.test(name);
  const { description } = script;
  return { ...script, description: { ...description, probes: description.probes.filter(stays) } };
}
