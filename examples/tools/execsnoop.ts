// Shows each program that is started, with its arguments. Tracepoints only.
//   bcc-ts run examples/tools/execsnoop.ts -- --help
import { load, table, usage } from "bcc-ts";

const options = usage(`execsnoop [options]

Shows execve() and execveat().

  -T, --time                with the time of day
  -t, --timestamp           with seconds since the start
  -x, --fails               failed ones, too
  -u, --uid <user>          of this user only
  -P, --ppid <number>       of children of this process only
  -q, --quote               arguments in quotation marks
  -n, --name <text>         only commands whose name matches this regular expression
  -l, --line <text>         only commands with an argument that matches it
  -U, --print-uid           with the user
      --max-args <number>   arguments to show; 20 unless told
`);

using bpf = await load(
  `
#include <linux/sched.h>
enum kind { START, ARGUMENT, MORE, END };
struct event { u32 kind, pid, ppid, uid; int ret; char comm[TASK_COMM_LEN], text[128]; };
BPF_RINGBUF_OUTPUT(events, 256);

static int send(struct event *e, u32 kind, const char *text)
{
	e->kind = kind;
	if (text && bpf_probe_read_user_str(&e->text, sizeof(e->text), text) < 0)
		return 0;
	return events.ringbuf_output(e, sizeof(*e), 0);
}

static u32 prepare(struct event *e)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	e->pid = bpf_get_current_pid_tgid() >> 32;
	e->ppid = task->real_parent->tgid;
	e->uid = bpf_get_current_uid_gid();
	bpf_get_current_comm(&e->comm, sizeof(e->comm));
	return (ONLY_UID == -1 || e->uid == ONLY_UID) && (!ONLY_PPID || e->ppid == ONLY_PPID);
}

static int enter(const char *path, const char *const *arguments)
{
	struct event e = {};
	if (!prepare(&e))
		return 0;
	send(&e, START, path);
	for (int i = 1; i < MAX_ARGS; i++) {
		const char *argument = 0;
		if (bpf_probe_read_user(&argument, sizeof(argument), &arguments[i]) || !argument)
			return 0;
		send(&e, ARGUMENT, argument);
	}
	return send(&e, MORE, 0);
}

static int leave(int ret)
{
	struct event e = { .ret = ret };
	return prepare(&e) ? send(&e, END, 0) : 0;
}

TRACEPOINT_PROBE(syscalls, sys_enter_execve) { return enter(args->filename, args->argv); }
TRACEPOINT_PROBE(syscalls, sys_exit_execve) { return leave(args->ret); }
TRACEPOINT_PROBE(syscalls, sys_enter_execveat) { return enter(args->filename, args->argv); }
TRACEPOINT_PROBE(syscalls, sys_exit_execveat) { return leave(args->ret); }
`,
  { defines: { ONLY_UID: options.uid ?? -1, ONLY_PPID: options.ppid, MAX_ARGS: options.maxArgs ?? 20 } },
);

const { header, row } = table({
  time: ["TIME", "%-9s", options.time],
  seconds: ["TIME(s)", "%-8.3f", options.timestamp],
  uid: ["UID", "%-6d", options.printUid],
  comm: ["PCOMM", "%-16s "],
  pid: ["PID", "%-7d "],
  ppid: ["PPID", "%-7s "],
  ret: ["RET", "%3d "],
  words: ["ARGS", "%s"],
});
console.log(header);
const start = performance.now();
const [name, line] = [new RegExp(options.name ?? ""), new RegExp(options.line ?? "")];
const starting = new Map<number, string[]>();
for await (const e of bpf.rings.events) {
  const words = (e.kind > 0 && starting.get(e.pid)) || [];
  if (e.kind < 3) starting.set(e.pid, [...words, e.kind === 2 ? "..." : e.text]);
  if (e.kind < 3) continue;
  starting.delete(e.pid);
  if ((e.ret < 0 && !options.fails) || !name.test(e.comm) || !words.some((word) => line.test(word))) continue;
  const shown = words.map((word) => (options.quote ? JSON.stringify(word) : word.replaceAll("\n", "\\n")));
  const [time, seconds] = [new Date().toTimeString().slice(0, 8), (performance.now() - start) / 1000];
  console.log(row({ ...e, time, seconds, words: shown.join(" ") }));
}
