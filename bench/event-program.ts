import { readFileSync } from "node:fs";
import { buildProgram } from "../src/build-program.ts";
import { liveFacts } from "../src/kernel/live-facts.ts";
import { packageFile } from "../src/package-root.ts";
import { SourceText } from "../src/source/source-text.ts";

/** Pages of the ring: 16 MiB, about 419,000 events. */
export const RING_PAGES = 4096;
/** Pages of each CPU's perf buffer: the default of ours and of bcc. */
export const PERF_PAGES = 64;

/** The object of the events' program, for the peers in C. */
export async function eventObject(): Promise<Uint8Array> {
  const file = packageFile("bench", "programs", "events.c");
  const source = new SourceText(file, readFileSync(file, "utf8"));
  const options = { facts: liveFacts(), warn: () => {}, cflags: [`-DPAGES=${RING_PAGES}`] };
  return (await buildProgram(source, options)).object;
}
