import { closeSync, constants, existsSync, openSync, readFileSync, readSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BpfError, PermissionError } from "../errors.ts";
import { type EventHandler, EventSource } from "./event-source.ts";
import { PRINTK, parseTraceLine, type TraceEvent } from "./parse-trace-line.ts";

const PLACES = ["/sys/kernel/tracing/trace_pipe", "/sys/kernel/debug/tracing/trace_pipe"];
const CHUNK = 64 << 10;

/** Where the trace pipe is, and which of its messages are given. */
export interface TracePipeOptions {
  /** The file, unless it is where tracefs is usually mounted. */
  readonly path?: string;
  /** Give what other tracers write as well; their name stands before the message. False unless told. */
  readonly others?: boolean;
}

/**
 * The messages of bpf_trace_printk(), of all programs on the machine: the kernel has one trace pipe, and
 * who reads a message takes it away from other readers.
 *
 * @example
 * for await (const { ts, task, pid, msg } of bpf.traceFields()) console.log(ts, task, pid, msg);
 */
export class TracePipe extends EventSource<TraceEvent> {
  readonly fds: readonly number[];
  readonly #fd: number;
  readonly #others: boolean;
  readonly #bytes = new Uint8Array(CHUNK);
  readonly #decoder = new TextDecoder("utf-8");
  /** Lines that were read and not yet given; the last one may be incomplete. */
  #lines: string[] = [];
  #rest = "";
  #lost = 0;

  constructor(options: TracePipeOptions = {}) {
    super("the trace pipe");
    this.#others = options.others ?? false;
    this.#fd = openPipe(options.path);
    this.fds = [this.#fd];
  }

  /** Messages that the kernel dropped because nobody read them in time, as it tells in the pipe itself. */
  get lost(): number {
    return this.#lost;
  }

  protected drain(emit: EventHandler<TraceEvent>, limit: number): number {
    let count = 0;
    // Bounded, so that a flood of messages cannot keep the caller here for ever.
    for (let reads = 0; reads < 64 && count < limit && !this.closed; reads++) {
      if (this.#lines.length === 0 && !this.#read()) break;
      while (this.#lines.length > 0 && count < limit && !this.closed) {
        const event = this.#event(this.#lines.shift() as string);
        if (event === undefined) continue;
        count++;
        emit(event, event.cpu);
      }
    }
    return count;
  }

  protected release(): void {
    closeSync(this.#fd);
  }

  #event(line: string): TraceEvent | undefined {
    const parsed = parseTraceLine(line);
    if (parsed.kind === "lost") this.#lost += parsed.count;
    if (parsed.kind !== "event") return undefined;
    if (parsed.tracer === PRINTK) return parsed.event;
    if (!this.#others) return undefined;
    const { event, tracer } = parsed;
    return tracer === "" ? event : { ...event, msg: `${tracer}: ${event.msg}` };
  }

  /** False when there is nothing to read now. */
  #read(): boolean {
    try {
      const length = readSync(this.#fd, this.#bytes, 0, CHUNK, null);
      const lines = (
        this.#rest + this.#decoder.decode(this.#bytes.subarray(0, length), { stream: true })
      ).split("\n");
      this.#rest = lines.pop() ?? "";
      this.#lines = lines;
      return length > 0;
    } catch (error) {
      if (codeOf(error) === "EAGAIN" || codeOf(error) === "EINTR") return false;
      throw new BpfError("TRACE_PIPE", "the trace pipe cannot be read", { cause: error });
    }
  }
}

/**
 * Until something is switched on by hand the kernel keeps 7 KiB of messages for each CPU, some 100 lines,
 * and 1.4 MiB from then on. Switching on what is on already is enough.
 */
function makeRoom(pipe: string): void {
  try {
    writeFileSync(join(dirname(pipe), "events/bpf_trace/bpf_trace_printk/enable"), "1", { flag: "r+" });
  } catch (error) {
    // The event is missing before Linux 5.9, and the file may be writable for others only: then there is
    // less room, and `lost` counts what did not fit.
    if (!["ENOENT", "ENOTDIR", "EACCES", "EPERM", "EROFS"].includes(codeOf(error) ?? "")) throw error;
  }
}

/** A switch of the whole machine: with it off, the kernel keeps no message, and readers wait for ever. */
function warnWhenOff(pipe: string): void {
  const file = join(dirname(pipe), "tracing_on");
  if (!existsSync(file) || !isZero(file)) return;
  process.emitWarning(
    `tracing is switched off: bpf_trace_printk() writes nothing until \`echo 1 > ${file}\``,
    {
      code: "BCC_TS_TRACING_OFF",
    },
  );
}

function isZero(file: string): boolean {
  try {
    return readFileSync(file, "utf8").trim() === "0";
  } catch {
    return false; // It is not for this user to see; the pipe itself says so, too.
  }
}

function openPipe(path: string | undefined): number {
  const file = path ?? PLACES.find((place) => existsSync(place));
  if (file === undefined) {
    throw new BpfError("TRACE_PIPE", "there is no trace pipe: tracefs is not mounted", {
      hint: "mount -t tracefs nodev /sys/kernel/tracing",
    });
  }
  makeRoom(file);
  warnWhenOff(file);
  try {
    return openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = codeOf(error);
    if (code === "EACCES" || code === "EPERM") {
      throw new PermissionError("CAP_DAC_OVERRIDE", `${file} may not be read`, {
        cause: error,
        hint: "Run as root, or make tracefs readable: mount -o remount,gid=<group>,mode=750 /sys/kernel/tracing.",
      });
    }
    throw new BpfError("TRACE_PIPE", `${file} cannot be opened: ${code}`, {
      cause: error,
      hint: code === "EBUSY" ? "Another program reads the trace pipe, and only one may: end it." : undefined,
    });
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
