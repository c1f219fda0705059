import { machine, release, version } from "node:os";
import type { FeatureName } from "../../kernel/feature-table.ts";
import { checkFeature } from "../../kernel/features.ts";
import { HELPER_NAMES, knowsHelper, knowsMapType, knowsProgramType } from "../../kernel/known-helpers.ts";

/** What --info prints: lines such as "btf: yes", tried on the running kernel. */
export function machineInfo(ownVersion: string): string {
  const fentry = works("fentry");
  const iterators = works("iterators");
  const sections: Readonly<Record<string, readonly (readonly [string, string | boolean])[]>> = {
    System: [
      ["OS", `Linux ${release()} ${version()}`],
      ["Arch", machine()],
    ],
    Build: [["version", `bcc-ts ${ownVersion}`]],
    "Kernel helpers": [
      ...HELPER_NAMES.map((name) => [name, knowsHelper(name)] as const),
      // These two are for trampolines alone, and as old.
      ["dpath", fentry],
      ["skboutput", fentry],
    ],
    "Kernel features": [
      ["Loop support", knowsHelper("for_each_map_elem")],
      ["btf", works("BTF")],
      ["map batch", works("map batches")],
      ["uprobe refcount", works("uprobes")],
      ["fentry", fentry],
      ["kprobe_multi", works("kprobe.multi")],
      ["ring buffer", works("ring buffer")],
    ],
    "Map types": [
      ["hash", knowsMapType("hash")],
      ["array", knowsMapType("array")],
      ["percpu hash", knowsMapType("percpu_hash")],
      ["percpu array", knowsMapType("percpu_array")],
      ["stack_trace", knowsMapType("stack_trace")],
      ["ringbuf", knowsMapType("ringbuf")],
    ],
    "Probe types": [
      ["kprobe", works("kprobes")],
      ["tracepoint", works("tracepoints")],
      ["perf_event", knowsProgramType("perfEvent")],
      ["raw tracepoint", works("raw tracepoints")],
      ["uprobe", works("uprobes")],
      ["iter", iterators],
      ["iter:task", iterators],
    ],
  };
  const text = ([name, value]: readonly [string, string | boolean]) =>
    `  ${name}: ${typeof value === "string" ? value : value ? "yes" : "no"}`;
  return Object.entries(sections)
    .map(([title, lines]) => [title, ...lines.map(text), ""].join("\n"))
    .join("\n");
}

function works(name: FeatureName): boolean {
  return checkFeature(name).available;
}
