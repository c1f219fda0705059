// Shows how long block devices take, as histograms. Raw tracepoints only; requires Linux 5.16.
//   bcc-ts run examples/tools/biolatency.ts -- --help
import { readFileSync } from "node:fs";
import { columns, intervals, load, log2HistogramData, log2Histograms, ndjsonLine, usage } from "bcc-ts";

const options = usage(`biolatency [options] [interval] [count]
  -T, --timestamp     with the time of day
  -Q, --queued        from the request's creation, not from its issue
  -m, --milliseconds  in milliseconds, not microseconds
  -D, --disks         one histogram for each disk
  -F, --flags         one for each set of flags
  -e, --extension     with average and total
  -j, --json          as JSON
  -d, --disk <text>   of this disk only
  interval <number>   seconds between two outputs; without, one at Ctrl-C
  count <number>      outputs
`);
if (options.disk?.includes("/")) throw new Error(`a disk is named without a path: ${options.disk}`);
const device = options.disk ? readFileSync(`/sys/block/${options.disk}/dev`, "utf8").split(":") : [];
const [MAJOR_NR = 0, MINOR_NR = 0] = device.map(Number);
const [FROM_QUEUE, BY_DISK, BY_FLAGS] = [options.queued, options.disks, options.flags];
const [label, TIME_UNIT] = options.milliseconds ? ["msecs", 1e6] : ["usecs", 1e3];

using bpf = await load(
  `
#include <linux/blk-mq.h>
struct key { char disk[32]; u64 flags; u64 slot; };
struct total { u64 time, count; };
BPF_HASH(starts, struct request *, u64);
BPF_HASH(slots, struct key, u64);
BPF_PERCPU_ARRAY(totals, struct total, 1);

static int start(struct request *rq, u64 flag)
{
	struct gendisk *disk = rq->q->disk;
	u64 ts = bpf_ktime_get_ns();
	if (MAJOR_NR && (disk->major != MAJOR_NR || disk->first_minor != MINOR_NR))
		return 0;
	bpf_map_update_elem(&starts, &rq, &ts, flag);
	return 0;
}

// Requests that no scheduler holds back are not inserted.
RAW_TRACEPOINT_PROBE(block_rq_insert) { return FROM_QUEUE ? start((struct request *)ctx->args[0], BPF_ANY) : 0; }
RAW_TRACEPOINT_PROBE(block_rq_issue)
{
	return start((struct request *)ctx->args[0], FROM_QUEUE ? BPF_NOEXIST : BPF_ANY);
}

RAW_TRACEPOINT_PROBE(block_rq_complete)
{
	struct request *rq = (struct request *)ctx->args[0];
	struct key key = {};
	u32 zero = 0;
	u64 *start = starts.lookup(&rq);
	if (!start)
		return 0;
	u64 time = (bpf_ktime_get_ns() - *start) / TIME_UNIT;
	starts.delete(&rq);
	struct total *total = totals.lookup(&zero);
	if (total) {
		total->time += time;
		total->count++;
	}
	if (BY_DISK)
		bpf_probe_read_kernel_str(&key.disk, sizeof(key.disk), rq->q->disk->disk_name);
	if (BY_FLAGS)
		key.flags = rq->cmd_flags;
	key.slot = bpf_log2l(time);
	slots.atomic_increment(key);
	return 0;
}
`,
  { defines: { FROM_QUEUE, BY_DISK, BY_FLAGS, TIME_UNIT, MAJOR_NR, MINOR_NR } },
);

/** "Sync-Write": the kernel's own names of the bits above the operation's eight. */
function flagNames(flags: bigint): string {
  const bits = Array.from({ length: 24 }, (_, i) => i + 8).filter((bit) => (flags >> BigInt(bit)) & 1n);
  const names = bits.map((bit) => bpf.enumName("req_flag_bits", bit));
  const words = [...names.reverse(), bpf.enumName("req_op", Number(flags & 0xffn)) ?? "Unknown"];
  return words
    .map((word) => word?.replace(/^(?:__REQ|REQ_OP)_(.)(.*)/, (_, a, b) => a + b.toLowerCase()))
    .join("-");
}

const title = (key: { disk: string; flags: bigint }) =>
  options.disks ? `disk = ${key.disk}` : options.flags ? `flags = ${flagNames(key.flags)}` : "";
if (!options.json) console.log("Tracing block device I/O... Hit Ctrl-C to end.");
for await (const _ of intervals({ seconds: options.interval, count: options.count })) {
  console.log(options.timestamp ? `\n${new Date().toTimeString().slice(0, 8)}` : "");
  const entries = bpf.maps.slots.readAndClear();
  if (!options.json) process.stdout.write(log2Histograms(entries, { label, title }));
  else process.stdout.write(log2HistogramData(entries, { label, title }).map(ndjsonLine).join(""));
  const all = bpf.maps.totals.get(0) ?? [];
  const [time, count] = all.reduce(([t, n], each) => [t + each.time, n + each.count], [0n, 0n]);
  bpf.maps.totals.set(0, Array(all.length).fill({ time: 0n, count: 0n }));
  const total = [time / (count || 1n), label, time, label, count];
  if (options.extension) console.log(columns("\navg = %d %s, total: %d %s, count: %d\n", ...total));
}
