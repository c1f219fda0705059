// Samples stacks: where the processors spend their time. Works on every kernel with perf events.
//   bcc-ts run examples/tools/profile.ts -- --help
import { columns, intervals, load, PerfSWConfig, PerfType, usage } from "bcc-ts";

const options = usage(`profile [options] [duration]

  -p, --pid <numbers>                of these processes only
  -L, --tid <numbers>                of these threads only
  -U, --user-stacks-only             without the kernel's stacks
  -K, --kernel-stacks-only           without the processes' stacks
  -F, --frequency <number>           samples a second; 49 unless told
  -c, --count <number>               instead: one sample for so many nanoseconds of CPU time
  -d, --delimited                    a mark between the two stacks
  -a, --annotations                  _[k] after the kernel's functions
  -I, --include-idle                 idle processors, too
  -f, --folded                       one line for each stack, for flame graphs
      --stack-storage-size <number>  different stacks to keep; 16384 unless told
  -C, --cpu <number>                 on this processor only
  duration <number>                  seconds; until Ctrl-C unless told
`);

using bpf = await load(
  `
struct key { u32 pid; int user, kernel; char comm[TASK_COMM_LEN]; };
BPF_HASH(counts, struct key, u64);
BPF_HASH(only, u32, u8);
BPF_STACK_TRACE(stacks, 16384);

int sample(struct bpf_perf_event_data *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	u32 tid = id, pid = id >> 32;
	struct key key = { .pid = pid, .user = -1, .kernel = -1 };
	if ((!tid && !WITH_IDLE) || (BY_PID && !only.lookup(&pid)) || (BY_TID && !only.lookup(&tid)))
		return 0;
	bpf_get_current_comm(&key.comm, sizeof(key.comm));
	if (WITH_USER)
		key.user = stacks.get_stackid(ctx, BPF_F_USER_STACK);
	if (WITH_KERNEL)
		key.kernel = stacks.get_stackid(ctx, 0);
	counts.atomic_increment(key);
	return 0;
}
`,
  {
    defines: {
      WITH_IDLE: options.includeIdle,
      BY_PID: options.pid !== undefined,
      BY_TID: options.tid !== undefined,
      WITH_USER: !options.kernelStacksOnly,
      WITH_KERNEL: !options.userStacksOnly,
    },
    maxEntries: { stacks: options.stackStorageSize ?? 16384 },
  },
);
if (!options.kernelStacksOnly) bpf.rememberProcesses();
for (const id of options.tid ?? options.pid ?? []) bpf.maps.only.set(id, 1);
const rate =
  options.count === undefined ? { sampleFreq: options.frequency ?? 49 } : { samplePeriod: options.count };
const clock = { type: PerfType.SOFTWARE, config: PerfSWConfig.CPU_CLOCK };
bpf.attachPerfEvent({ ...clock, ...rate, cpu: options.cpu, fnName: "sample" });

const how = options.count === undefined ? `${rate.sampleFreq} Hertz` : `every ${options.count} events`;
if (!options.folded) {
  const end = options.duration === undefined ? "... Hit Ctrl-C to end." : ` for ${options.duration} secs.`;
  console.log(`Sampling at ${how}${end}\n`);
}
for await (const _ of intervals({ seconds: options.duration, count: 1 })) {
  let missing = 0;
  const EFAULT = -14; // What get_stackid() says of a thread that has no such stack.
  const frames = (wanted: boolean, id: number, what: string, pid?: number) => {
    if (!wanted || id >= 0 || id === EFAULT) return wanted ? bpf.stack(bpf.maps.stacks, id, { pid }) : [];
    missing++;
    return [`[Missed ${what} Stack]`];
  };
  for (const [{ pid, comm, user, kernel }, count] of [...bpf.maps.counts].sort(([, a], [, b]) =>
    Number(a - b),
  )) {
    const own = frames(!options.kernelStacksOnly, user, "User", pid);
    const system = frames(!options.userStacksOnly, kernel, "Kernel").map((name) =>
      options.annotations ? `${name}_[k]` : name,
    );
    const delimited = options.delimited && user >= 0 && kernel >= 0;
    if (options.folded) {
      const line = [comm, ...own.reverse(), ...(delimited ? ["-"] : []), ...system.reverse()];
      console.log(`${line.join(";")} ${count}`);
    } else {
      for (const name of [...system, ...(delimited ? ["--"] : []), ...own]) console.log(`    ${name}`);
      console.log(columns("    %-16s %s (%d)\n        %d\n", "-", comm, pid, count));
    }
  }
  if (missing > 0)
    console.error(`${missing} stacks could not be kept: a larger --stack-storage-size keeps more`);
}
