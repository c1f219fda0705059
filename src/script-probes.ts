import { attachIterator } from "./attach/iterator.ts";
import type { Link } from "./attach/link.ts";
import { attachPerfEvent } from "./attach/perf-event.ts";
import { PerfSWConfig, PerfType } from "./attach/perf-event-types.ts";
import { pinLink } from "./attach/pin-link.ts";
import { attachProgram } from "./attach-program.ts";
import { AttachError, BpfError } from "./errors.ts";
import type { LoadedObject, LoadedProgram } from "./load/loaded-object.ts";
import type { ScriptAttach, ScriptDescription, ScriptProbe } from "./program/script.ts";
import { ScriptWatches } from "./script-watches.ts";
import { testRun } from "./scripts/test-run.ts";
import type { ScriptEvent } from "./values/script-value.ts";

interface Listeners {
  readonly onEvent: (event: ScriptEvent) => void;
  readonly onWarning?: (message: string) => void;
}

/** The probes of a script that is in the kernel: attached, told to watch, and detached. */
export class ScriptProbes {
  readonly #object: LoadedObject;
  readonly #description: ScriptDescription;
  readonly #options: Listeners;
  readonly #links: Link[] = [];
  /** Iterators that are not run by us. */
  readonly #pinned = new Set<Link>();
  readonly #watches: ScriptWatches;
  /** Watchpoints at addresses, by them. */
  readonly #breakpoints = new Map<bigint, Link[]>();
  readonly #signals: [NodeJS.Signals, () => void][] = [];
  #attached = 0;

  constructor(object: LoadedObject, description: ScriptDescription, options: Listeners) {
    this.#object = object;
    this.#description = description;
    this.#options = options;
    this.#watches = new ScriptWatches(object, (message) => options.onWarning?.(message));
  }

  /** Attaches all, and gives how many that are. */
  attach(): number {
    for (const probe of this.#description.probes) this.#attached += this.#attachOne(probe);
    return this.#attached;
  }

  /** Detaches all, the last one first. */
  detach(): void {
    for (const [signal, listener] of this.#signals.splice(0)) process.off(signal, listener);
    for (const link of this.#links.splice(0).reverse()) link.close();
    this.#watches.close();
  }

  /** What the kernel runs for a probe. */
  program({ program }: ScriptProbe): LoadedProgram {
    const found = this.#object.programs.get(program);
    if (found === undefined) throw new BpfError("SCRIPT", `the object has no program ${program}`);
    return found;
  }

  /** Gives how many probes it is. */
  #attachOne(probe: ScriptProbe): number {
    const { attach } = probe;
    this.#checkRoom(probe, 1);
    switch (attach.kind) {
      case "begin":
      case "end":
      case "test":
      case "bench":
        return 1;
      case "watch":
        return 0; // The probe at its function stands for it.
      case "signal": {
        const run = () => {
          testRun(this.program(probe));
        };
        const signal = (
          attach.signal.startsWith("SIG") ? attach.signal : `SIG${attach.signal}`
        ) as NodeJS.Signals;
        process.on(signal, run);
        this.#signals.push([signal, run]);
        return 1;
      }
      case "interval":
        this.#links.push(attachPerfEvent(this.program(probe), clockOn(attach.periodNs)));
        return 1;
      case "iterator":
        this.#attachIterator(probe, attach);
        return 1;
      default: {
        const link = this.#attachOrWarn(probe, () =>
          attachProgram(this.program(probe), attach, (count) => this.#checkRoom(probe, count)),
        );
        if (link !== undefined) this.#noteBreakpoint(attach, link);
        return link === undefined ? 0 : link.kind === "perf-event" ? 1 : link.count;
      }
    }
  }

  #noteBreakpoint(attach: ScriptProbe["attach"], link: Link): void {
    const address = attach.kind === "perf-event" ? attach.attributes?.config1 : undefined;
    if (address === undefined) return;
    const known = this.#breakpoints.get(BigInt(address)) ?? [];
    this.#breakpoints.set(BigInt(address), [...known, link]);
  }

  #attachOrWarn(probe: ScriptProbe, attach: () => Link): Link | undefined {
    const { missingProbes } = this.#description.settings;
    try {
      const link = attach();
      this.#links.push(link);
      return link;
    } catch (error) {
      if (!BpfError.is(error) || error.code === "SETTING") throw error;
      if (missingProbes === "error") throw error instanceof AttachError ? namedError(probe, error) : error;
      if (missingProbes === "warn")
        this.#options.onWarning?.(`Unable to attach probe: ${probe.name}. Skipping.`);
      return undefined;
    }
  }

  #attachIterator(probe: ScriptProbe, { target, pin }: Extract<ScriptAttach, { kind: "iterator" }>): void {
    const link = attachIterator(this.program(probe), { target });
    this.#links.push(link);
    if (pin === undefined) return;
    pinLink(link, pin);
    this.#pinned.add(link);
    const path = { kind: "string", value: pin } as const;
    this.#options.onEvent({ kind: "printf", format: "Program pinned to %s\n", arguments: [path] });
  }

  /** Too many probes slow a machine down until it stands still: the script must say that it wants them. */
  #checkRoom({ name }: ScriptProbe, count: number): void {
    const { maxProbes } = this.#description.settings;
    const wanted = this.#attached + count;
    if (wanted <= maxProbes) return;
    const message = `With ${name} the script has ${wanted} probes, more than max_probes allows, ${maxProbes}`;
    const hint = `Raise the limit with config = { max_probes = ${wanted} } or BPFTRACE_MAX_PROBES=${wanted}, or choose a narrower pattern.`;
    throw new BpfError("SETTING", message, { hint });
  }

  /** Runs each iterator of our own to its end; what it told is taken after each of its chunks. */
  runIterators(drain: () => void): void {
    for (const link of this.#links) {
      if (link.kind !== "iter" || this.#pinned.has(link) || !("chunks" in link)) continue;
      for (const _ of (link as Link & { chunks(): Iterable<Uint8Array> }).chunks()) drain();
      drain();
    }
  }

  /** Watches an address for a probe that is known by its program. */
  watch(program: string, address: bigint, pid: number): void {
    const probe = this.#description.probes.find((other) => other.program === program);
    if (probe !== undefined) this.#watches.add(probe, address, pid);
  }

  /** Takes back watchpoints: of functions' arguments, and of a watchpoint that the script has at the address itself. */
  unwatch(address: bigint): void {
    this.#watches.remove(address, this.#description.probes);
    for (const link of this.#breakpoints.get(address)?.splice(0) ?? []) link.close();
  }
}

/** Of a script's many probes it is told which one it was. */
function namedError({ name }: ScriptProbe, cause: AttachError): AttachError {
  const { hint, similar } = cause;
  return new AttachError(name, `Unable to attach probe: ${name}: ${cause.message}`, { cause, hint, similar });
}

/** The kernel's clock on one CPU, so often as a period says. */
function clockOn(periodNs: number) {
  return { type: PerfType.SOFTWARE, config: PerfSWConfig.CPU_CLOCK, samplePeriod: periodNs, cpu: 0 };
}
