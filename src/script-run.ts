import { BpfError } from "./errors.ts";
import type { LoadedObject } from "./load/loaded-object.ts";
import { type CompiledScript, loadScript, withProbes } from "./load-script.ts";
import type { ScriptDescription } from "./program/script.ts";
import { RingBuffer } from "./rings/ring-buffer.ts";
import { ScriptMaps } from "./script-maps.ts";
import { ScriptPackets } from "./script-packets.ts";
import { ScriptPatience } from "./script-patience.ts";
import { ScriptProbes } from "./script-probes.ts";
import { runTrials, type TrialHost, TrialListener, trialsOf } from "./script-trials.ts";
import { requestCodec } from "./scripts/decode-record.ts";
import { LostCounter } from "./scripts/lost-counter.ts";
import { Speller } from "./scripts/spell-deferred.ts";
import { testRun } from "./scripts/test-run.ts";
import { namesUserAddresses } from "./scripts/user-addresses.ts";
import { MappingLog } from "./symbols/mapping-log.ts";
import { processAddresses } from "./symbols/process-addresses.ts";
import type { ScriptRequest } from "./values/script-request.ts";
import type { ScriptEvent, ScriptMapValue } from "./values/script-value.ts";

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

/** The exit status where a test fails. */
const TESTS_FAILED = 1;
const RINGS = ["bt_events", "bt_control"] as const;
/** Remembers when the script began. */
const CLOCK = "bt_begin_clock";
/** How long events may be told without a turn of the event loop. */
const SLICE_MS = 20;

/**
 * A script in the kernel: its maps, its probes, and what it tells. `run` resolves at its end, with the status
 * that exit() was given.
 */
export class ScriptRun implements Disposable {
  readonly #description: ScriptDescription;
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
  readonly #patience = new ScriptPatience();
  #dropped = 0;
  #trial: TrialListener | undefined;
  /** Records of programs that were measured. */
  #notLost = 0;
  #started = false;
  #closed = false;

  /** Loads the script. Throws what load() throws: VerifierError, PermissionError and others. */
  constructor(script: CompiledScript, options: ScriptRunOptions) {
    const { description } = script;
    this.#description = withProbes(description, options.only);
    this.#options = options;
    this.#object = loadScript(script, this.#description.probes);
    this.#speller = new Speller(this.#object, description);
    const codec = requestCodec(description, this.#speller, script.source.name);
    this.#rings = RINGS.flatMap((name) => {
      const map = this.#object.maps.get(name);
      return map === undefined ? [] : [new RingBuffer(map, { codec })];
    });
    this.#maps = new ScriptMaps(this.#object, description, this.#speller);
    this.#probes = new ScriptProbes(this.#object, this.#description, options);
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
    const { probes } = this.#description;
    if (namesUserAddresses(this.#description)) this.#recordMappings();
    this.#packets = ScriptPackets.of(this.#object, this.#description, this.#speller.bootTime);
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
    this.#patience.limit();
    this.#ending.abort();
  }

  /** The maps of the script as they are now. */
  maps(): ScriptMapValue[] {
    return this.#description.maps.map((layout) => this.#maps.read(layout));
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
    const { probes } = this.#description;
    this.#probes.runIterators(() => this.#drain());
    const trials = trialsOf(probes);
    if (trials.length > 0) {
      this.#trial = new TrialListener();
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

  #trialHost(listener: TrialListener): TrialHost {
    return {
      program: (probe) => this.#probes.program(probe),
      tell: this.#options.onEvent,
      hear: (how) => {
        const failed = listener.hear(how, () => this.#drain());
        if (how === "drop") this.#notLost = this.#lost.count;
        return failed;
      },
    };
  }

  #finish(): void {
    this.#probes.detach();
    // Detaching may take longer than that by itself.
    if (this.#patience.limited) this.#patience.limit();
    this.#drain();
    this.#patience.lift();
    for (const probe of this.#description.probes) {
      if (probe.attach.kind === "end") testRun(this.#probes.program(probe));
    }
    this.#drain();
    const lost = this.#lost.count - this.#notLost + this.#dropped + (this.#packets?.lost ?? 0);
    if (lost > 0) this.#options.onEvent({ kind: "lost", count: lost });
    const { probes, settings } = this.#description;
    // Maps of tests and of what is measured are nobody's result.
    if (settings.printMapsOnExit && trialsOf(probes).length === 0) this.#showMaps();
    this.#options.onEvent({ kind: "exit", code: this.#exitCode });
  }

  #showMaps(): void {
    for (const map of this.maps()) {
      if (map.entries.length > 0) this.#options.onEvent({ kind: "map", map, atEnd: true });
    }
  }

  #drain(): void {
    for (const ring of [...this.#rings, this.#packets]) while (ring !== undefined && ring.consume() > 0);
  }

  #handle(request: ScriptRequest): void {
    if (this.#trial?.takes(request)) return;
    const { onEvent } = this.#options;
    const { maps } = this.#description;
    switch (request.kind) {
      case "event":
        if (this.#patience.isOver()) this.#dropped++;
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
}
