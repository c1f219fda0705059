import { closeSync, openSync, readSync } from "node:fs";
import type { PrintableEvent, PrinterOptions, ScriptPrinter } from "../../output/script/printed.ts";
import { printf } from "../../output/script/printf.ts";
import { scriptPrinter } from "../../output/script/script-printer.ts";
import { systemErrorText } from "../../scripts/system-names.ts";
import type { ScriptEvent } from "../../values/script-value.ts";
import { decodeUtf8 } from "../../values/utf8.ts";
import type { OutputWriter } from "./output-writer.ts";

const NOTIFY = "__BPFTRACE_NOTIFY_PROBES_ATTACHED";
const MOST_COMMAND_BYTES = 1 << 26;

/** Prints a run's events, and does what cat() and system() ask for. */
export class EventPrinter {
  readonly #printer: ScriptPrinter;
  readonly #textPrinter: ScriptPrinter;
  readonly #writer: OutputWriter;
  readonly #maxCatBytes: number;
  #ended = false;
  /** What a test prints while it runs. */
  #ofTest: string[] | undefined;

  constructor(options: PrinterOptions, writer: OutputWriter, maxCatBytes: number) {
    this.#printer = scriptPrinter(options);
    // What a test prints is text, wherever that is put.
    this.#textPrinter = scriptPrinter({ ...options, format: "text" });
    this.#writer = writer;
    this.#maxCatBytes = maxCatBytes;
  }

  show(event: ScriptEvent): void {
    if (event.kind === "exit" || (event.kind === "map" && event.atEnd)) this.#end();
    this.#showOne(event);
    if (event.kind === "attached" && process.env[NOTIFY] !== undefined) {
      this.#writer.put({ stdout: `${NOTIFY}\n` });
      this.#writer.flush();
    }
  }

  #showOne(event: ScriptEvent): void {
    switch (event.kind) {
      case "test-begin":
        this.#ofTest = [];
        break;
      case "test-end": {
        const output = this.#ofTest?.join("") ?? "";
        this.#ofTest = undefined;
        this.#put({ ...event, kind: "test", output });
        break;
      }
      case "cat":
      case "system":
        this.#do(event.kind, printf(event.format, event.arguments));
        break;
      default:
        this.#put(event);
    }
  }

  #put(event: PrintableEvent): void {
    if (this.#ofTest === undefined) {
      this.#writer.put(this.#printer.print(event));
      return;
    }
    const { stdout = "", stderr = "" } = this.#textPrinter.print(event);
    this.#ofTest.push(stdout, stderr);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#writer.put(this.#printer.end());
  }

  #do(kind: "cat" | "system", text: string): void {
    const output = kind === "cat" ? this.#fileText(text) : this.#commandText(text);
    if (output !== undefined) this.#put({ kind, text: output });
  }

  #fileText(path: string): string | undefined {
    try {
      return readStart(path, this.#maxCatBytes);
    } catch (error) {
      const { errno = 0 } = error as NodeJS.ErrnoException;
      this.#writer.put({ stderr: `ERROR: failed to open file '${path}' (${systemErrorText(-errno)})\n` });
      return undefined;
    }
  }

  /** The script's author has allowed it with --unsafe. */
  #commandText(command: string): string {
    this.#writer.flush();
    const { spawnSync } = process.getBuiltinModule("node:child_process");
    const { stdout } = spawnSync("/bin/sh", ["-c", command], {
      stdio: ["ignore", "pipe", "inherit"],
      maxBuffer: MOST_COMMAND_BYTES,
    });
    return decodeUtf8(stdout ?? new Uint8Array());
  }
}

/** Files of /proc do not say how long they are. */
function readStart(path: string, most: number): string {
  const fd = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(most);
    let done = 0;
    for (let count = 1; done < most && count > 0; done += count)
      count = readSync(fd, bytes, done, most - done, null);
    return decodeUtf8(bytes.subarray(0, done));
  } finally {
    closeSync(fd);
  }
}
