import type { Duplex } from "node:stream";
import type { ClangRun } from "./clang-run.ts";
import { type Clang, findClang } from "./find-clang.ts";
import { runHere } from "./run-here.ts";

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
