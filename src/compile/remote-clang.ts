import { randomUUID } from "node:crypto";
import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { CompilerError } from "./compiler-error.ts";
import { type Clang, findClang } from "./find-clang.ts";
import { type ClangResult, type ClangRun, runHere } from "./run-clang.ts";

/**
 * A guest under emulation runs clang many times slower than its host. So the host offers its clang on a
 * virtio-serial port: a request is a line of JSON with the length of the code, then the code; the answer a
 * line of JSON with the lengths of output and messages, then both.
 */
export async function runRemotely(port: string, run: ClangRun, signal?: AbortSignal): Promise<ClangResult> {
  const file = await openPort(port, signal);
  try {
    const id = randomUUID();
    const code = Buffer.from(run.code);
    const request = { id, mode: run.mode, flags: run.flags, length: code.length };
    writeAll(file, Buffer.concat([Buffer.from(`${JSON.stringify(request)}\n`), code]));
    const header = readHeader(file, id);
    if (header.error !== undefined) throw new CompilerError(`the host's clang: ${header.error}`);
    const output = readExactly(file, header.output);
    return { status: header.status, output, messages: readExactly(file, header.messages).toString() };
  } finally {
    closeSync(file);
  }
}

/** One process at a time can hold a port; others wait their turn. */
async function openPort(port: string, signal?: AbortSignal): Promise<number> {
  for (let waited = 0; ; waited += 20) {
    signal?.throwIfAborted();
    try {
      return openSync(port, constants.O_RDWR);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code !== "EBUSY" || waited > 120_000) {
        throw new CompilerError(`the host's clang cannot be reached through ${port}`, { cause });
      }
      await delay(20);
    }
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

function readExactly(file: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const count = readSync(file, bytes, at, length - at, null);
    if (count === 0) throw new CompilerError("the host's clang closed its port");
    at += count;
  }
  return bytes;
}

interface Header {
  readonly id: string;
  readonly status: number;
  readonly output: number;
  readonly messages: number;
  readonly error?: string;
}

/** The header of our answer. What a process that was ended left unread on the port comes before it. */
function readHeader(file: number, id: string): Header {
  for (;;) {
    const line = readLine(file);
    if (!line.includes(id)) continue;
    return JSON.parse(line) as Header;
  }
}

function readLine(file: number): string {
  const bytes: number[] = [];
  for (;;) {
    const byte = readExactly(file, 1)[0] ?? 10;
    if (byte === 10) return Buffer.from(bytes).toString();
    bytes.push(byte);
  }
}

type Request = ClangRun & { readonly id: string };

/** Words that reach the compiler from a guest: definitions, warnings, include directories. */
const HARMLESS_FLAG = /^-[DUIW]/;

/** The host's side: answers the requests of one guest until its port closes. */
export function serveClang(port: Duplex, clang: Clang = findClang()): void {
  let pending = Buffer.alloc(0);
  let busy = Promise.resolve();
  port.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (let request = takeRequest(); request !== undefined; request = takeRequest()) {
      const run = request;
      busy = busy.then(() => answer(port, clang, run));
    }
  });
  port.on("error", () => port.destroy());

  function takeRequest(): Request | undefined {
    const end = pending.indexOf(10);
    if (end < 0) return undefined;
    const { id, mode, flags, length } = JSON.parse(pending.toString("utf8", 0, end)) as Request & {
      length: number;
    };
    if (pending.length < end + 1 + length) return undefined;
    const code = pending.toString("utf8", end + 1, end + 1 + length);
    pending = pending.subarray(end + 1 + length);
    return {
      id,
      mode,
      code,
      flags: { ...flags, cflags: (flags.cflags ?? []).filter((f) => HARMLESS_FLAG.test(f)) },
    };
  }
}

async function answer(port: Duplex, clang: Clang, { id, ...run }: Request): Promise<void> {
  try {
    const { status, output, messages } = await runHere(clang, run);
    const text = Buffer.from(messages);
    port.write(`${JSON.stringify({ id, status, output: output.length, messages: text.length })}\n`);
    port.write(output);
    port.write(text);
  } catch (error) {
    port.write(`${JSON.stringify({ id, status: 1, output: 0, messages: 0, error: String(error) })}\n`);
  }
}
