import { buildScript } from "./build-script.ts";
import { ClosedError } from "./errors.ts";
import { printf } from "./output/script/printf.ts";
import { ScriptRun } from "./script-run.ts";
import { liveSurroundings, type ScriptArguments } from "./script-world.ts";
import type { Diagnostic } from "./source/diagnostic.ts";
import { SourceText } from "./source/source-text.ts";
import { type PlainValue, plainValue } from "./values/plain-value.ts";
import type { ScriptEvent, ScriptMapValue } from "./values/script-value.ts";

/** How a one-liner or script is compiled and run. */
export interface TraceOptions extends ScriptArguments {
  /** The text's name in messages; by default "script.bt". */
  readonly name?: string;
  /** False: compile anew and keep nothing. */
  readonly cache?: boolean;
  /** Ends the trace when it is aborted, as exit() does. */
  readonly signal?: AbortSignal;
}

/** What a script tells: printf() with its text and values, print() of a value or of a map, and the others as they are. */
export type TracedEvent =
  | {
      readonly kind: "printf" | "errorf" | "warnf";
      readonly text: string;
      readonly values: readonly PlainValue[];
    }
  | { readonly kind: "value"; readonly value: PlainValue }
  | { readonly kind: "map"; readonly name: string; readonly entries: ReadonlyMap<PlainValue, PlainValue> }
  | Exclude<ScriptEvent, { kind: "printf" | "errorf" | "warnf" | "value" | "map" }>;

/**
 * A script that is attached: an async iterable of what it tells, and its maps. It ends by exit() in the script, by
 * stop(), and by close(), which shows nothing more; a `using` block closes it.
 */
export class Trace implements AsyncIterable<TracedEvent>, Disposable {
  /** What the compilation had to say of the text. */
  readonly warnings: readonly Diagnostic[];
  readonly #run: ScriptRun;
  readonly #events: TracedEvent[] = [];
  readonly #ended: Promise<number>;
  #wake: () => void = () => {};
  #over = false;

  /** Use {@link trace}. */
  constructor(warnings: readonly Diagnostic[], make: (onEvent: (event: ScriptEvent) => void) => ScriptRun) {
    this.warnings = warnings;
    this.#run = make((event) => {
      this.#events.push(tracedEvent(event));
      this.#wake();
    });
    try {
      this.#run.start();
    } catch (error) {
      this.#run.close();
      throw error;
    }
    this.#ended = this.#run.run().finally(() => {
      this.#over = true;
      this.#wake();
    });
    // A failure is told by what waits for the end; without one it is no unhandled rejection.
    this.#ended.catch(() => {});
  }

  /** Resolves when the script has ended, with the status that exit() was given. */
  get ended(): Promise<number> {
    return this.#ended;
  }

  /**
   * A map as it is now, by its name ("@", "@reads"): keys of several parts are arrays. A map of one value has the key
   * undefined.
   *
   * @throws ClosedError after the end
   */
  map(name: string): ReadonlyMap<PlainValue, PlainValue> {
    if (this.#over) throw new ClosedError("the trace");
    const found = this.#run.maps().find((map) => map.name === name);
    return found === undefined ? new Map() : entriesOf(found);
  }

  /** Ends the script as exit() does: its end blocks run, and the loop over its events ends after their events. */
  stop(): void {
    this.#run.stop();
  }

  /** Detaches everything now. May be called again. */
  close(): void {
    this.#run.stop();
    this.#run.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TracedEvent, void> {
    for (;;) {
      yield* this.#events.splice(0);
      if (this.#events.length > 0) continue;
      if (this.#over) break;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    await this.#ended;
  }
}

/**
 * Compiles a script in bpftrace's language, loads it and attaches its probes.
 *
 * @throws SourceError with diagnostics at the text's lines, VerifierError, AttachError, PermissionError,
 * UnsupportedError, LoadError, CompilerError; nothing is left attached then. A probe that is not there, where the
 * script's `missing_probes` is "warn", is a warning of the process ("BCC_TS_PROBE").
 * @example
 * using t = await trace("tracepoint:raw_syscalls:sys_enter { @[comm] = count(); } interval:s:1 { print(@); clear(@); }");
 * for await (const event of t) if (event.kind === "map") console.log(event.entries);
 */
export async function trace(text: string, options: TraceOptions = {}): Promise<Trace> {
  const { name = "script.bt", cache, signal } = options;
  const source = new SourceText(name, text);
  const warn = (message: string) => process.emitWarning(message, { code: "BCC_TS_CACHE" });
  const built = await buildScript(source, { ...liveSurroundings(options, warn), cache, signal });
  // What was taken from the cache has not looked at it.
  signal?.throwIfAborted();
  const { pid, childPid: command } = options;
  const run = { pid, command, onWarning: warnOfProbe };
  const made = new Trace(
    built.warnings,
    (onEvent) => new ScriptRun({ ...built, source }, { ...run, onEvent }),
  );
  const stop = () => made.stop();
  signal?.addEventListener("abort", stop, { once: true });
  const forget = () => signal?.removeEventListener("abort", stop);
  made.ended.then(forget, forget);
  return made;
}

/** A probe that is not there, where the script says that it may be missing. */
function warnOfProbe(message: string): void {
  process.emitWarning(message, { code: "BCC_TS_PROBE" });
}

function tracedEvent(event: ScriptEvent): TracedEvent {
  switch (event.kind) {
    case "printf":
    case "errorf":
    case "warnf": {
      const { kind, format, arguments: values } = event;
      return { kind, text: printf(format, values), values: values.map(plainValue) };
    }
    case "value":
      return { kind: "value", value: plainValue(event.value) };
    case "map":
      return { kind: "map", name: event.map.name, entries: entriesOf(event.map) };
    default:
      return event;
  }
}

function entriesOf({ entries }: ScriptMapValue): ReadonlyMap<PlainValue, PlainValue> {
  return new Map(
    entries.map(({ keys, value }) => {
      const [first, ...others] = keys.map(plainValue);
      return [others.length === 0 ? first : [first, ...others], plainValue(value)];
    }),
  );
}
