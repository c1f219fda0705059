import type { InferMaps } from "../../../src/infer/infer-maps.ts";
import { type Equal, expectType } from "../expect-type.ts";

/** Histograms with keys of every kind, typedefs, per-CPU sums. */
export const diskLatency = `
#include <linux/blk-mq.h>

typedef struct disk_key {
    dev_t dev;
    u64 slot;
} disk_key_t;

typedef struct { char name[DISK_NAME_LEN]; u8 model[8]; u64 slot; } named_key_t;
typedef unsigned long long nanoseconds_t;
typedef struct ext_val {
    u64 total;
    u64 count;
} ext_val_t;

BPF_HASH(start, struct request *);
BPF_HISTOGRAM(dist);
BPF_HISTOGRAM(by_disk, disk_key_t);
BPF_HISTOGRAM(by_name, named_key_t, 256);
BPF_ARRAY(extension, ext_val_t, 1);
BPF_ARRAY(counters);
BPF_PERCPU_ARRAY(sums, nanoseconds_t, 4);
BPF_PERCPU_HASH(per_process, pid_t, struct disk_key);

int trace_req_start(struct pt_regs *ctx, struct request *req)
{
    u64 ts = bpf_ktime_get_ns();
    start.update(&req, &ts);
    return 0;
}

int trace_req_done(struct pt_regs *ctx, struct request *req)
{
    u64 *tsp, delta;
    tsp = start.lookup(&req);
    if (tsp == 0) {
        return 0;   // missed issue
    }
    delta = (bpf_ktime_get_ns() - *tsp) / 1000;
    dist.atomic_increment(bpf_log2l(delta));
    disk_key_t key = {.slot = bpf_log2l(delta)};
    by_disk.atomic_increment(key);
    start.delete(&req);
    return 0;
}
`;

type Maps = InferMaps<typeof diskLatency>;
type Disk = { dev: number; slot: bigint };
expectType<Equal<Maps["start"], { kind: "hash"; key: bigint; value: bigint }>>();
expectType<Equal<Maps["dist"], { kind: "histogram"; key: number; value: bigint }>>();
expectType<Equal<Maps["by_disk"], { kind: "histogram"; key: Disk; value: bigint }>>();
expectType<Equal<Maps["by_name"]["key"], { name: string; model: Uint8Array; slot: bigint }>>();
expectType<
  Equal<Maps["extension"], { kind: "array"; key: number; value: { total: bigint; count: bigint } }>
>();
expectType<Equal<Maps["counters"], { kind: "array"; key: number; value: bigint }>>();
expectType<Equal<Maps["sums"], { kind: "percpu_array"; key: number; value: bigint }>>();
expectType<Equal<Maps["per_process"], { kind: "percpu_hash"; key: number; value: Disk }>>();
