import { randomUUID } from "node:crypto";
import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ClangResult, ClangRun } from "./clang-run.ts";
import { CompilerError } from "./compiler-error.ts";

const PATIENCE_MS = 120_000;
const PAUSE_MS = 5;

/** What comes before the bytes of an answer: how many there are, or why there are none. */
interface Header {
  readonly id: string;
  readonly status: number;
  readonly output: number;
  readonly messages: number;
  readonly error?: string;
}

/**
 * A guest under emulation runs clang many times slower than its host. So the host offers its clang on a
 * virtio-serial port: a request is a line of JSON with the length of the code, then the code; the answer a
 * line of JSON with the lengths of output and messages, then both.
 */
export async function runRemotely(port: string, run: ClangRun, signal?: AbortSignal): Promise<ClangResult> {
  const channel = new Channel(await openPort(port, signal), signal);
  try {
    const id = randomUUID();
    const code = Buffer.from(run.code);
    const { cflags, directory } = run.flags;
    // The host sees the same files, but its process may work in another directory.
    const flags = { cflags, directory: directory === undefined ? undefined : resolve(directory) };
    const request = { id, mode: run.mode, flags, length: code.length };
    await channel.write(Buffer.concat([Buffer.from(`${JSON.stringify(request)}\n`), code]));
    const header = await readHeader(channel, id);
    if (header.error !== undefined) throw new CompilerError(`the host's clang: ${header.error}`);
    const output = await channel.read(header.output);
    return { status: header.status, output, messages: (await channel.read(header.messages)).toString() };
  } finally {
    channel.close();
  }
}

/** One process at a time can hold a port; others wait their turn. */
async function openPort(port: string, signal?: AbortSignal): Promise<number> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    signal?.throwIfAborted();
    try {
      return openSync(port, constants.O_RDWR | constants.O_NONBLOCK);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code !== "EBUSY" || waited > PATIENCE_MS) {
        const hint = "Unset BCC_TS_CLANG_PORT to use a clang in the guest.";
        throw new CompilerError(`the host's clang cannot be reached through ${port}`, { cause, hint });
      }
      await delay(PAUSE_MS);
    }
  }
}

/** The header of our answer. What a process that was ended left unread on the port comes before it, also on its line. */
async function readHeader(channel: Channel, id: string): Promise<Header> {
  for (;;) {
    const line = await channel.readLine();
    const start = line.lastIndexOf(`{"id":"${id}"`);
    if (start >= 0) return JSON.parse(line.slice(start)) as Header;
  }
}

/** A port that is read and written without blocking, so that signals are heard and time limits kept. */
class Channel {
  readonly #file: number;
  readonly #signal: AbortSignal | undefined;
  readonly #deadline = performance.now() + PATIENCE_MS;
  #pending: Buffer = Buffer.alloc(0);

  constructor(file: number, signal: AbortSignal | undefined) {
    this.#file = file;
    this.#signal = signal;
  }

  async write(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const count = nowOrLater(() => writeSync(this.#file, bytes, at));
      if (count === 0) await this.#pause();
      at += count;
    }
  }

  async read(length: number): Promise<Buffer> {
    while (this.#pending.length < length) await this.#fill();
    const bytes = this.#pending.subarray(0, length);
    this.#pending = this.#pending.subarray(length);
    return bytes;
  }

  async readLine(): Promise<string> {
    for (let searched = 0; ; ) {
      const end = this.#pending.indexOf(10, searched);
      if (end >= 0) return (await this.read(end + 1)).toString("utf8", 0, end);
      searched = this.#pending.length;
      await this.#fill();
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  async #fill(): Promise<void> {
    const chunk = Buffer.allocUnsafe(64 * 1024);
    const count = nowOrLater(() => readSync(this.#file, chunk, 0, chunk.length, null));
    if (count === 0) await this.#pause();
    else this.#pending = Buffer.concat([this.#pending, chunk.subarray(0, count)]);
  }

  async #pause(): Promise<void> {
    this.#signal?.throwIfAborted();
    if (performance.now() > this.#deadline) throw new CompilerError("the host's clang does not answer");
    await delay(PAUSE_MS);
  }
}

/** 0 where there is nothing to be had at the moment. */
function nowOrLater(transfer: () => number): number {
  try {
    return transfer();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return 0;
    throw error;
  }
}
