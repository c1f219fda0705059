import type { InferEvents } from "../../../src/infer/infer-events.ts";
import type { InferMaps } from "../../../src/infer/infer-maps.ts";
import type { InferPrograms } from "../../../src/infer/infer-programs.ts";
import { type Equal, expectType } from "../expect-type.ts";

/** Entry and return of a system call, an event with texts in it. */
export const filesOpened = `
#include <uapi/linux/ptrace.h>
#include <uapi/linux/limits.h>
#include <linux/sched.h>

struct pending_t {
    u64 id;
    char comm[TASK_COMM_LEN];
    const char *fname;
    int flags; // of open(2)
};

/* what user space gets; the name comes last because it is long */
struct opened_t {
    u64 id;
    u64 ts;
    u32 uid;
    int ret;
    char comm[TASK_COMM_LEN];
#ifdef WITH_KIND
    enum event_kind kind;
#endif
    char name[NAME_MAX];
    int flags;
};

BPF_HASH(pending, u64, struct pending_t);
BPF_PERF_OUTPUT(events);

int syscall__openat(struct pt_regs *ctx, int dfd, const char __user *filename, int flags)
{
    struct pending_t val = {};
    u64 id = bpf_get_current_pid_tgid();
    if (bpf_get_current_comm(&val.comm, sizeof(val.comm)) == 0) {
        val.id = id;
        val.fname = filename;
        val.flags = flags; // EXTENDED
        pending.update(&id, &val);
    }
    return 0;
};

int on_return(struct pt_regs *ctx)
{
    u64 id = bpf_get_current_pid_tgid();
    struct pending_t *valp;
    struct opened_t data = {};

    valp = pending.lookup(&id);
    if (valp == 0) {
        return 0;
    }
    bpf_probe_read_kernel(&data.comm, sizeof(data.comm), valp->comm);
    bpf_probe_read_user_str(&data.name, sizeof(data.name), (void *)valp->fname);
    data.id = valp->id;
    data.ts = bpf_ktime_get_ns() / 1000;
    data.uid = bpf_get_current_uid_gid();
    data.flags = valp->flags;
    data.ret = PT_REGS_RC(ctx);
    events.perf_submit(ctx, &data, sizeof(data));
    pending.delete(&id);
    return 0;
}
`;

interface Opened {
  id: bigint;
  ts: bigint;
  uid: number;
  ret: number;
  comm: string;
  kind: number;
  name: string;
  flags: number;
}

type Text = typeof filesOpened;
type Maps = InferMaps<Text>;
expectType<Equal<Maps["pending"]["kind"], "hash">>();
expectType<Equal<Maps["pending"]["key"], bigint>>();
expectType<Equal<Maps["pending"]["value"], { id: bigint; comm: string; fname: bigint; flags: number }>>();
expectType<Equal<InferEvents<Text>, { events: { [K in keyof Opened]: Opened[K] } }>>();
expectType<Equal<InferPrograms<Text>, "syscall__openat" | "on_return">>();
