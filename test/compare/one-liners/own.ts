import { BOOLS } from "./changes.ts";
import { found, matching, type OneLiner } from "./one-liner.ts";

const LIBC = "/lib/x86_64-linux-gnu/libc.so.6";
const SYSCALL = "tracepoint:raw_syscalls:sys_enter";
const RETURN = "tracepoint:syscalls:sys_exit_read";

/** Of each construct at least one program. */
export const OWN: readonly OneLiner[] = [
  {
    name: "counting functions",
    text: `${RETURN} /pid == PID/ { @c = count(); @s = sum(args->ret); @a = avg(args->ret); @l = min(args->ret); @h = max(args->ret); @t = stats(args->ret); @n++; @plain += args->ret; }`,
    steps: "reads",
  },
  {
    name: "by key",
    text: `${RETURN} /pid == PID/ { @c[comm] = count(); @s[args->ret] = sum(args->ret); @a[comm, 1] = avg(args->ret); @l["x"] = min(args->ret); @h[comm] = max(args->ret); @t[comm] = stats(args->ret); @n[args->ret > 100]++; }`,
    steps: "reads",
    since: [
      { of: /^@n\[1\]/gm, to: "@n[true]", why: "comparisons are bool" },
      { of: /^@n\[0\]/gm, to: "@n[false]", why: "so is false" },
    ],
  },
  {
    name: "histograms by key",
    text: `${RETURN} /pid == PID && args->ret/ { @h[comm, args->ret % 2] = hist(args->ret); @l[args->ret % 2] = lhist(args->ret, 0, 1000, 100); }`,
    steps: "reads",
  },
  {
    name: "printf",
    text: 'BEGIN { printf("%d|%5d|%-5d|%05d|%x|%X|%u|%c|%s|%10s|%-10s|%lld|%%|%llx\\n", -5, 42, 42, 42, 255, 255, 7, 65, "text", "right", "left", -1, 0xffffffffffffffff); exit(); }',
    ends: true,
  },
  {
    name: "tuples",
    text: 'BEGIN { @t = (1, "two", (3, 4)); $u = (7, -8); printf("%d %d\\n", $u.0, $u.1); print((1, 2, "x")); @k[1, 2] = 3; exit(); }',
    ends: true,
  },
  {
    name: "texts and bytes",
    text: 'tracepoint:syscalls:sys_enter_write /pid == PID && args->count == 5/ { printf("%r %s\\n", buf(args->buf, args->count), str(args->buf, 3)); @[str(args->buf, 4)] = count(); }',
    steps: "reads",
    since: [
      { of: / rrr$/gm, to: " rr", why: "the length of str() counts the end of the text" },
      { of: /@\[rrrr\]/, to: "@[rrr]", why: "so it does in keys" },
    ],
  },
  {
    name: "kernel stack",
    text: 'kprobe:hrtimer_nanosleep /pid == PID/ { printf("%s\\n", kstack(3)); @[kstack(2)] = count(); @f[func] = count(); @k[ksym(reg("ip"))] = count(); }',
    steps: "sleeps",
  },
  {
    name: "user function",
    text: `uprobe:${LIBC}:usleep /pid == PID/ { @[probe] = count(); @u[usym(reg("ip"))] = count(); printf("%d\\n", arg0); } uretprobe:${LIBC}:usleep /pid == PID/ { @r[retval] = count(); }`,
    steps: "sleeps",
  },
  {
    name: "user stack",
    text: `uprobe:${LIBC}:usleep /pid == PID/ { @[ustack(1)] = count(); @p[ustack(perf, 1)] = count(); }`,
    steps: "sleeps",
  },
  {
    name: "intervals",
    text: 'BEGIN { @n = 0; } interval:ms:50 { @n++; printf("%d\\n", @n); if (@n == 5) { exit(); } } END { printf("end\\n"); }',
    ends: true,
  },
  {
    name: "parameters",
    text: 'BEGIN { printf("%d %s %d %d\\n", $1, str($2), $#, $3 + 1); exit(); }',
    words: ["12", "word", "0x10"],
    ends: true,
  },
  {
    name: "loops and choices",
    text: 'BEGIN { $i = 0; while ($i < 7) { $i++; if ($i == 2) { continue; } if ($i > 5) { break; } @[$i] = $i * $i; } unroll(3) { @u++; } $x = $i > 3 ? "big" : "small"; printf("%s\\n", $x); exit(); }',
    ends: true,
  },
  {
    name: "print of maps",
    text: "BEGIN { @a[1] = 10; @a[2] = 30; @a[3] = 20; @a[4] = 5; print(@a, 2); print(@a, 2, 5); print(@a); @h = hist(7); print(@h); clear(@a); print(@a); @z[1] = 4; zero(@z); print(@z); @d[5] = 1; @d[6] = 2; delete(@d[5]); exit(); }",
    ends: true,
  },
  {
    name: "times",
    text: 'BEGIN { printf("%s %d\\n", strftime("%Y-%m-%d", nsecs), nsecs > 0); time("%Y\\n"); printf("%d\\n", elapsed < 1000000000); exit(); }',
    ends: true,
  },
  {
    name: "addresses",
    text: 'BEGIN { printf("%s %s %s\\n", ntop(0x0100007f), ntop(2, 0x08080808), ksym(kaddr("vfs_read"))); exit(); }',
    ends: true,
  },
  {
    name: "signal",
    text: 'tracepoint:syscalls:sys_enter_kill /pid == PID/ { printf("%d\\n", args->sig); @[args->sig] = count(); }',
    steps: "signals",
  },
  {
    name: "system and cat",
    text: 'BEGIN { system("echo %d %s", 5, "words"); cat("/proc/sys/kernel/ostype"); exit(); }',
    words: ["--unsafe"],
    ends: true,
  },
  {
    name: "join",
    text: 'tracepoint:syscalls:sys_enter_execve { join(args->argv); join(args->argv, ","); }',
    steps: "programs",
    read: matching(/^(\/bin\/(echo|true)|\/nonexistent)/),
  },
  {
    name: "identity",
    text: `${SYSCALL} /pid == PID && args->id == 110/ { @[pid == tid, uid, gid, comm, cgroup > 0] = count(); @c[cpu < 64] = count(); }`,
    steps: "calls",
    since: [...BOOLS, ...BOOLS],
  },
  {
    name: "kernel task",
    text: `${SYSCALL} /pid == PID && args->id == 110/ { $t = (struct task_struct *)curtask; @[$t->comm, $t->tgid == pid, $t->real_parent->tgid > 0] = count(); }`,
    steps: "calls",
    since: [...BOOLS, ...BOOLS],
  },
  {
    name: "own types",
    text: '#define TIMES 3\nstruct pair { int a; int b; char name[8]; }\nBEGIN { @s = sizeof(struct pair); @n = TIMES * 2; $n = (int8)300; printf("%d %d\\n", $n, (uint16)65537); exit(); }',
    ends: true,
  },
  {
    name: "JSON",
    text: 'BEGIN { @c[1, "a"] = count(); @h = hist(5); @l = lhist(5, 0, 10, 2); @t = (1, "x"); @s = stats(4); @a = avg(4); @n["k"] = 1; printf("%d %s\\n", 1, "text"); time("%Y\\n"); print(5); exit(); }',
    words: ["-f", "json"],
    ends: true,
    since: [
      { of: /("probes": 1)\}\}/, to: '$1}, "count": 1}', why: "newer versions count the probes twice" },
    ],
  },
  {
    name: "software events",
    text: "software:page-faults:1 /pid == PID/ { @ = count(); }",
    steps: "memory",
    read: found(/^(@): \d+$/gm),
  },
  {
    name: "filter by -p",
    text: "tracepoint:syscalls:sys_enter_getppid { @ = count(); } uprobe:/lib/x86_64-linux-gnu/libc.so.6:getuid /pid == PID/ { @u = count(); }",
    // 0.17 counts the function's calls by others as well.
    words: ["-p", "PID"],
    steps: "calls",
    read: matching(/^@u/),
  },
  {
    name: "calls of -c",
    text: 'tracepoint:syscalls:sys_enter_write /pid == cpid/ { printf("%s %d\\n", comm, args->count); }',
    words: ["-c", "/bin/cat /etc/hostname"],
    ends: true,
  },
];
