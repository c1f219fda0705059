// Shows which process opens which file, and what comes of it. Tracepoints only.
//   bcc-ts run examples/tools/opensnoop.ts -- --help
import { constants, readlinkSync } from "node:fs";
import { resolve } from "node:path";
import { load, table, usage } from "bcc-ts";

const options = usage(`opensnoop [options]
  -T, --timestamp              with seconds since the first
  -U, --print-uid              with the user
  -x, --failed                 only those that failed
  -p, --pid <number>           of this process only
  -t, --tid <number>           of this thread only
  -u, --uid <user>             of this user only
  -d, --duration <number>      end after so many seconds
  -n, --name <text>            of processes whose name contains this
  -e, --extended-fields        with the flags
  -f, --flag-filter <texts>    with one of these flags (-f O_WRONLY -f O_RDWR)
  -F, --full-path              relative paths in full, as long as the process lives
  -b, --buffer-pages <number>  size of the buffer, a power of two; 64 unless told
`);
const values: Readonly<Record<string, number>> = constants;
const flags = options.flagFilter ?? [];
const ONLY_FLAGS = flags.reduce((mask, name) => mask | (values[name] ?? 0), 0);
const [ONLY_PID, ONLY_TID, ONLY_UID] = [options.pid, options.tid, options.uid ?? -1];
const unknown = flags.find((name) => !name.startsWith("O_") || values[name] === undefined);
if (unknown !== undefined) throw new Error(`there is no flag ${unknown}`);

using bpf = await load(
  `
struct call { const char *path; u64 flags; int dir; };
struct open { u64 ts; u32 pid, tid, uid, flags; int dir, ret; char comm[TASK_COMM_LEN], path[NAME_MAX]; };
BPF_HASH(calls, u32, struct call);
BPF_RINGBUF_OUTPUT(opens, 64);

static int enter(int dir, const char *path, u64 flags)
{
	u64 id = bpf_get_current_pid_tgid();
	u32 tid = id, uid = bpf_get_current_uid_gid();
	struct call call = { .path = path, .flags = flags, .dir = dir };
	if ((ONLY_PID && id >> 32 != ONLY_PID) || (ONLY_TID && tid != ONLY_TID) || (ONLY_UID != -1 && uid != ONLY_UID))
		return 0;
	if (!ONLY_FLAGS || flags & ONLY_FLAGS)
		calls.update(&tid, &call);
	return 0;
}

static int leave(int ret)
{
	u64 id = bpf_get_current_pid_tgid();
	struct open e = { .ts = bpf_ktime_get_ns(), .pid = id >> 32, .tid = id, .uid = bpf_get_current_uid_gid() };
	struct call *call = calls.lookup(&e.tid);
	if (!call)
		return 0;
	e.flags = call->flags;
	e.dir = call->dir;
	e.ret = ret;
	bpf_get_current_comm(&e.comm, sizeof(e.comm));
	bpf_probe_read_user_str(&e.path, sizeof(e.path), call->path);
	calls.delete(&e.tid);
	return ONLY_FAILED && ret >= 0 ? 0 : opens.ringbuf_output(&e, sizeof(e), 0);
}

TRACEPOINT_PROBE(syscalls, sys_enter_open) { return enter(-100, args->filename, args->flags); }
TRACEPOINT_PROBE(syscalls, sys_exit_open) { return leave(args->ret); }
TRACEPOINT_PROBE(syscalls, sys_enter_openat) { return enter(args->dfd, args->filename, args->flags); }
TRACEPOINT_PROBE(syscalls, sys_exit_openat) { return leave(args->ret); }
TRACEPOINT_PROBE(syscalls, sys_enter_openat2) { return enter(args->dfd, args->filename, args->how->flags); }
TRACEPOINT_PROBE(syscalls, sys_exit_openat2) { return leave(args->ret); }
`,
  {
    defines: { ONLY_PID, ONLY_TID, ONLY_UID, ONLY_FAILED: options.failed, ONLY_FLAGS },
    maxEntries: { opens: (options.bufferPages ?? 64) * 4096 },
  },
);

const id = options.tid === undefined ? "pid" : "tid";
const { header, row } = table({
  seconds: ["TIME(s)", "%-14.9f", options.timestamp],
  uid: ["UID", "%-6d", options.printUid],
  id: [id.toUpperCase(), "%-6d "],
  comm: ["COMM", "%-16s "],
  fd: ["FD", "%4d "],
  error: ["ERR", "%3d "],
  flags: ["FLAGS", "%08o ", options.extendedFields || flags.length > 0],
  path: ["PATH", "%s"],
});
console.log(header);
let start = 0n;
const signal = options.duration === undefined ? undefined : AbortSignal.timeout(options.duration * 1000);
for await (const e of bpf.rings.opens.events({ signal })) {
  if (!e.comm.includes(options.name ?? "")) continue;
  let { path } = e;
  try {
    const directory = `/proc/${e.pid}/${e.dir === -100 ? "cwd" : `fd/${e.dir}`}`;
    if (options.fullPath) path = resolve(readlinkSync(directory), path);
  } catch {} // The process, or the directory, is gone.
  const [fd, error] = e.ret < 0 ? [-1, -e.ret] : [e.ret, 0];
  start ||= e.ts;
  console.log(row({ ...e, seconds: Number(e.ts - start) / 1e9, id: e[id], fd, error, path }));
}
