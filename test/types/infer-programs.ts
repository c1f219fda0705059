import type { InferPrograms } from "../../src/infer/infer-programs.ts";
import { type Equal, expectType } from "./expect-type.ts";

expectType<
  Equal<
    InferPrograms<`
int first(void *ctx) { int n = foo(1); int (*p)(int); return bar(int (x)); }
  int indented (struct pt_regs *ctx);
static int hidden(int a, int b) { return 0; }
static __always_inline int inlined(struct pt_regs *ctx) { return 0; }
// int commented(void *ctx) {}
int last(struct pt_regs *ctx, int fd)
{ return first(ctx); }`>,
    "first" | "indented" | "last"
  >
>();
expectType<
  Equal<
    InferPrograms<`
TRACEPOINT_PROBE(raw_syscalls, sys_enter) { return 0; }
TRACEPOINT_PROBE( sched,sched_switch ){ return 0; }
RAW_TRACEPOINT_PROBE(sched_wakeup) { return 0; }
KFUNC_PROBE(vfs_read, struct file *file, char *buf) { return 0; }
KRETFUNC_PROBE(vfs_open, const struct path *path, struct file *file, int ret) { return 0; }
MODULE_KFUNC_PROBE(nfs, nfs_file_read, struct kiocb *iocb) { return 0; }
LSM_PROBE(bpf, int cmd, union bpf_attr *uattr, unsigned int size) { return 0; }
KMOD_RET(update_socket_protocol, int family, int type, int protocol, int ret) { return 0; }
BPF_ITER(task) { return 0; }`>,
    | "tracepoint__raw_syscalls__sys_enter"
    | "tracepoint__sched__sched_switch"
    | "raw_tracepoint__sched_wakeup"
    | "kfunc__vfs_read"
    | "kretfunc__vfs_open"
    | "kfunc__nfs__nfs_file_read"
    | "lsm__bpf"
    | "kmod_ret__update_socket_protocol"
    | "bpf_iter__task"
  >
>();
expectType<Equal<InferPrograms<string>, string>>();
// @ts-expect-error no such function
"second" satisfies InferPrograms<"int first(void *ctx) { return 0; }">;
