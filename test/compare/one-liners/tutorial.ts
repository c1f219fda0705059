import { found, matching, type OneLiner, total } from "./one-liner.ts";

/** The one-liners of bpftrace's tutorial, with a predicate for the activity where others would be seen, too. */
export const TUTORIAL: readonly OneLiner[] = [
  { name: "list tracepoints", text: "", words: ["-l", "tracepoint:syscalls:sys_enter_*"], ends: true },
  { name: "hello world", text: 'BEGIN { printf("hello world\\n"); }' },
  {
    name: "file opens",
    text: 'tracepoint:syscalls:sys_enter_openat { printf("%s %s\\n", comm, str(args->filename)); }',
    steps: "files",
    read: matching(/^python3 \S*\/(a|b|missing)$/),
  },
  {
    name: "syscalls by process",
    text: "tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }",
    steps: "calls",
    read: matching(/^@\[python3\]/),
  },
  {
    name: "read() sizes",
    text: "tracepoint:syscalls:sys_exit_read /pid == PID/ { @bytes = hist(args->ret); }",
    steps: "reads",
  },
  {
    name: "read() bytes, kernel function",
    text: "kretprobe:vfs_read /pid == PID/ { @bytes = lhist(retval, 0, 2000, 200); }",
    steps: "reads",
  },
  {
    name: "read() times",
    text: "kprobe:vfs_read /pid == PID/ { @start[tid] = nsecs; } kretprobe:vfs_read /@start[tid]/ { @ns[comm] = hist(nsecs - @start[tid]); delete(@start[tid]); }",
    steps: "reads",
    read: total(/^[[(].*[\])] +(\d+) \|/gm),
    near: { by: 0, why: "times differ, their number does not" },
  },
  {
    name: "scheduler events",
    text: "tracepoint:sched:sched* /pid == PID/ { @[probe] = count(); }",
    steps: "programs",
    read: found(/^@\[(tracepoint:sched:sched_process_(?:fork|exec|exit))\]: (\d+)/gm),
  },
  {
    name: "on-CPU stacks",
    text: "profile:hz:99 /pid == PID/ { @[kstack] = count(); }",
    steps: "burn",
    read: total(/^\]: (\d+)/gm),
    near: { by: 0.15, why: "each has its own clock" },
  },
  {
    name: "scheduler stacks",
    text: "tracepoint:sched:sched_switch /pid == PID/ { @[kstack] = count(); }",
    steps: "sleeps",
    read: matching(/hrtimer_nanosleep/),
  },
  {
    name: "block I/O sizes",
    text: "tracepoint:block:block_rq_issue { @ = hist(args->bytes); }",
    steps: "disk",
  },
  {
    name: "kernel structs",
    text: '#ifndef BPFTRACE_HAVE_BTF\n#include <linux/path.h>\n#include <linux/dcache.h>\n#endif\nkprobe:vfs_open /pid == PID/ { printf("open path: %s\\n", str(((struct path *)arg0)->dentry->d_name.name)); }',
    steps: "files",
  },
];
