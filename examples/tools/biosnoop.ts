// Shows each request to a block device: who made it, where it goes, how long it took. Requires Linux 5.16.
//   bcc-ts run examples/tools/biosnoop.ts -- --help
import { Bpf, load, table, usage } from "bcc-ts";

const options = usage(`biosnoop [options]

  -Q, --queue        with the time until the request is issued
  -d, --disk <text>  of this disk only
  -P, --pattern      with S for requests that begin where the disk's last one ended, R for others
`);

using bpf = await load(
  `
#include <linux/blk-mq.h>
struct maker { u64 ts; u32 pid; char comm[TASK_COMM_LEN]; };
struct io { u64 ts, queued, latency, sector; u32 bytes, writing; struct maker maker; char disk[32]; };
BPF_HASH(makers, struct request *, struct maker);
BPF_HASH(issues, struct request *, struct io);
BPF_RINGBUF_OUTPUT(ios, 64);

static int make(struct request *rq)
{
	struct maker maker = { .ts = bpf_ktime_get_ns(), .pid = bpf_get_current_pid_tgid() >> 32 };
	bpf_get_current_comm(&maker.comm, sizeof(maker.comm));
	return makers.update(&rq, &maker);
}

int on_start(struct bpf_raw_tracepoint_args *ctx) { return make((struct request *)ctx->args[0]); }

RAW_TRACEPOINT_PROBE(block_rq_issue)
{
	struct request *rq = (struct request *)ctx->args[0];
	struct io io = { .ts = bpf_ktime_get_ns(), .sector = rq->__sector, .bytes = rq->__data_len };
	io.writing = rq->cmd_flags & 1;
	bpf_probe_read_kernel_str(&io.disk, sizeof(io.disk), rq->q->disk->disk_name);
	if (!makers.lookup(&rq))
		make(rq);
	struct maker *maker = makers.lookup(&rq);
	if (maker) {
		io.maker = *maker;
		io.queued = io.ts - maker->ts;
	}
	return issues.update(&rq, &io);
}

RAW_TRACEPOINT_PROBE(block_rq_complete)
{
	struct request *rq = (struct request *)ctx->args[0];
	struct io *io = issues.lookup(&rq);
	if (!io)
		return 0;
	u64 now = bpf_ktime_get_ns();
	io->latency = now - io->ts;
	io->ts = now;
	ios.ringbuf_output(io, sizeof(*io), 0);
	makers.delete(&rq);
	issues.delete(&rq);
	return 0;
}
`,
);
// Before Linux 6.5 the first that is told of a request is that a scheduler gets it, or else its issue.
const first = Bpf.tracepointExists("block", "block_io_start") ? "block_io_start" : "block_rq_insert";
bpf.attachRawTracepoint({ tp: first, fnName: "on_start" });

const { header, row } = table({
  seconds: ["TIME(s)", "%-11.6f "],
  comm: ["COMM", "%-14.14s "],
  pid: ["PID", "%-7d "],
  disk: ["DISK", "%-9s "],
  kind: ["T", "%-1s "],
  sector: ["SECTOR", "%-10d "],
  bytes: ["BYTES", "%-7d "],
  pattern: ["P", "%-1s ", options.pattern],
  queued: ["QUE(ms)", "%7.2f ", options.queue],
  latency: ["LAT(ms)", "%7.2f"],
});
console.log(header);
const milliseconds = (ns: bigint) => Number(ns) / 1e6;
const ends = new Map<string, bigint>();
let start = 0n;
for await (const { maker, ...io } of bpf.rings.ios) {
  if (io.disk !== (options.disk ?? io.disk)) continue;
  start ||= io.ts;
  const end = ends.get(io.disk);
  ends.set(io.disk, io.sector + BigInt(io.bytes / 512));
  const pattern = end === undefined ? "?" : end === io.sector ? "S" : "R";
  const kind = io.writing ? "W" : "R";
  const times = {
    seconds: Number(io.ts - start) / 1e9,
    queued: milliseconds(io.queued),
    latency: milliseconds(io.latency),
  };
  console.log(row({ ...maker, ...io, ...times, pattern, kind }));
}
