import { closeSync, openSync, writeSync } from "node:fs";
import type { Writable } from "node:stream";
import type { Printed } from "../../output/script/printed.ts";
import { encodeUtf8 } from "../../values/utf8.ts";
import type { Stdio } from "../stdio.ts";
import { UsageError } from "./usage-error.ts";

const FULL = 65_536;

export type Buffering = "line" | "full" | "none";

/** Where a script's output goes. What is printed in one turn of the event loop is written at once. */
export class OutputWriter {
  readonly #stderr: Writable;
  readonly #write: (text: string) => void;
  readonly #file: number | undefined;
  readonly #buffering: Buffering;
  #texts: string[] = [];
  #length = 0;
  #planned = false;

  constructor({ stdout, stderr }: Stdio, file: string | undefined, buffering: Buffering) {
    this.#stderr = stderr;
    this.#buffering = buffering;
    this.#file = file === undefined ? undefined : openOutput(file);
    const fd = this.#file;
    this.#write =
      fd === undefined
        ? (text) => stdout.write(bytesOf(text))
        : (text) => {
            writeSync(fd, encodeUtf8(text));
          };
  }

  /** Both streams in the order in which they were printed. */
  put({ stdout = "", stderr = "" }: Printed): void {
    if (stdout !== "") this.#collect(stdout);
    if (stderr === "") return;
    this.flush();
    this.#stderr.write(bytesOf(stderr));
  }

  flush(): void {
    if (this.#length === 0) return;
    const text = this.#texts.join("");
    this.#texts = [];
    this.#length = 0;
    this.#write(text);
  }

  close(): void {
    this.flush();
    if (this.#file !== undefined) closeSync(this.#file);
  }

  #collect(text: string): void {
    this.#texts.push(text);
    this.#length += text.length;
    if (this.#buffering === "none" || this.#length >= FULL) this.flush();
    else if (this.#buffering === "line" && !this.#planned) {
      this.#planned = true;
      setImmediate(() => {
        this.#planned = false;
        this.flush();
      });
    }
  }
}

function openOutput(path: string): number {
  try {
    return openSync(path, "w");
  } catch (cause) {
    const { code = cause } = cause as NodeJS.ErrnoException;
    throw new UsageError(`failed to open output file '${path}': ${code}`);
  }
}

/** Text of the kernel may have bytes that are no UTF-8: they go out as they came. */
function bytesOf(text: string): string | Uint8Array {
  return /\p{Surrogate}/u.test(text) ? encodeUtf8(text) : text;
}
