import { parseScript } from "./languages/bpftrace/parse-script.ts";
import type { SourceText } from "./source/source-text.ts";

/** The attach points of a script as they are written: "kprobe:vfs_*". */
export function scriptPoints(source: SourceText, parameters: readonly string[]): readonly string[] {
  const { script } = parseScript(source, parameters);
  return script.probes.flatMap(({ points }) => points.map(({ text }) => text));
}
