import type { Duplex } from "node:stream";
import {
  type ClangRequest,
  LONGEST_HEAD,
  parseHead,
  type RequestHead,
  refusedFlags,
} from "./clang-request.ts";
import { type Clang, findClang } from "./find-clang.ts";
import { runHere } from "./run-here.ts";

/**
 * The host's side: answers the requests of one guest until its port closes, one after the other. A guest that
 * sends something else loses the port: where its next request would begin cannot be known.
 */
export function serveClang(port: Duplex, clang: Clang = findClang()): void {
  let pending = Buffer.alloc(0);
  let head: RequestHead | undefined;
  let busy = Promise.resolve();
  port.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    try {
      for (let request = takeRequest(); request !== undefined; request = takeRequest()) {
        const run = request;
        busy = busy.then(() => answer(port, clang, run));
      }
    } catch (error) {
      process.emitWarning(`the guest's port for clang is closed: ${error}`, { code: "BCC_TS_CLANG_PORT" });
      port.destroy();
    }
  });
  port.on("error", () => port.destroy());

  function takeRequest(): ClangRequest | undefined {
    if (head === undefined) {
      const end = pending.indexOf(10);
      if ((end < 0 ? pending.length : end) > LONGEST_HEAD) {
        throw new TypeError("a request has no end");
      }
      if (end < 0) return undefined;
      head = parseHead(pending.toString("utf8", 0, end));
      pending = pending.subarray(end + 1);
    }
    const { length, ...request } = head;
    if (pending.length < length) return undefined;
    const code = pending.toString("utf8", 0, length);
    pending = pending.subarray(length);
    head = undefined;
    return { ...request, code };
  }
}

async function answer(port: Duplex, clang: Clang, { id, ...run }: ClangRequest): Promise<void> {
  try {
    const refused = refusedFlags(run);
    if (refused.length > 0) throw new Error(`a guest may not use the flags ${refused.join(" ")}`);
    const { status, output, messages } = await runHere(clang, run);
    const text = Buffer.from(messages);
    port.write(`${JSON.stringify({ id, status, output: output.length, messages: text.length })}\n`);
    port.write(output);
    port.write(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    port.write(`${JSON.stringify({ id, status: 1, output: 0, messages: 0, error: reason })}\n`);
  }
}
