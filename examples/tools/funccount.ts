// Counts calls of functions by pattern: of the kernel, of programs and libraries, and tracepoints.
//   bcc-ts run examples/tools/funccount.ts -- --help
import { Bpf, columns, type HashMap, intervals, load, usage } from "bcc-ts";

const options = usage(`funccount [options] pattern

  -p, --pid <number>       of this process only
  -i, --interval <number>  seconds between two outputs; without, one at Ctrl-C
  -d, --duration <number>  end after so many seconds
  -T, --timestamp          with the time of day
  -r, --regexp             the pattern is a regular expression; else only * is special
  -c, --cpu <number>       on this processor only
  pattern <text>           what to count

  funccount 'vfs_*'             functions of the kernel
  funccount t:sched:sched_fork  tracepoints
  funccount c:malloc            functions of a library
  funccount -p 12 ./app:read*   functions of a program, in one process
`);
const parts = (options.pattern ?? "").split(":");
const [kind, place] =
  parts.length === 1 ? ["p", ""] : parts.length === 2 ? ["u", parts[0]] : [parts[0], parts[1]];
const escaped = (parts.at(-1) ?? "").replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
const pattern = options.regexp ? (parts.at(-1) ?? "") : `${escaped}$`;
if (!["", "p", "t", "u"].includes(kind ?? "")) throw new Error(`there are p, t and u, not ${kind}`);
const binary = kind === "p" || kind === "" ? place : kind === "u" ? place : undefined;

// One program for all functions of the kernel, which the address tells apart; one each for other targets.
const functions = binary ? Bpf.getUserFunctions(binary, pattern, options.pid) : [];
const tracepoints = kind === "t" ? Bpf.getTracepoints(`${place}:${pattern}`) : [];
const targets = [...functions.map(({ name }) => name), ...tracepoints];
const context = (name: string) => (kind === "t" ? `tracepoint__${name.replace(":", "__")}` : "pt_regs");
const programs = targets.map(
  (name, i) => `int count_${i}(struct ${context(name)} *ctx) { return count(${i}); }`,
);

using bpf = await load<{ maps: { counts: HashMap<bigint, bigint> } }>(
  `
BPF_HASH(counts, u64, u64);
static int count(u64 id)
{
	if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
		return 0;
	if (ONLY_CPU < 0 || bpf_get_smp_processor_id() == ONLY_CPU)
		counts.atomic_increment(id);
	return 0;
}
${programs.join("\n")}
${targets.length === 0 ? "int count_kernel(struct pt_regs *ctx) { return count(PT_REGS_IP(ctx)); }" : ""}
`,
  { defines: { ONLY_PID: options.pid, ONLY_CPU: options.cpu ?? -1 } },
);
let matched = targets.length;
for (const [i, { address }] of functions.entries()) {
  bpf.attachUprobe({ name: binary ?? "", addr: address, fnName: `count_${i}`, pid: options.pid });
}
for (const [i, tp] of tracepoints.entries()) bpf.attachTracepoint({ tp, fnName: `count_${i}` });
if (targets.length === 0) matched = bpf.attachKprobe({ eventRe: pattern, fnName: "count_kernel" }).count;

console.log(`Tracing ${matched} functions for "${options.pattern}"... Hit Ctrl-C to end.`);
const seconds = options.interval ?? options.duration;
const count = options.duration === undefined ? undefined : Math.ceil(options.duration / (seconds ?? 1));
for await (const _ of intervals({ seconds, count })) {
  console.log(options.timestamp ? `\n${new Date().toTimeString().slice(0, 8)}` : "");
  console.log(columns("%-36s %8s", "FUNC", "COUNT"));
  for (const [id, times] of bpf.maps.counts.readAndClear().sort(([, a], [, b]) => Number(a - b))) {
    console.log(columns("%-36s %8d", targets[Number(id)] ?? bpf.ksym(id), times));
  }
}
console.log("Detaching...");
