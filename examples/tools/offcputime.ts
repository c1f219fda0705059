// Shows where threads wait, and how long: the time off the processor by stack. One tracepoint.
//   bcc-ts run examples/tools/offcputime.ts -- --help
import { columns, intervals, load, usage } from "bcc-ts";

const options = usage(`offcputime [options] [duration]

  -p, --pid <number>                 of this process only
  -t, --tid <number>                 of this thread only
  -u, --user-threads-only            no kernel threads
  -k, --kernel-threads-only          kernel threads only
  -U, --user-stacks-only             without the kernel's stacks
  -K, --kernel-stacks-only           without the processes' stacks
  -d, --delimited                    a mark between the two stacks
  -f, --folded                       one line for each stack, for flame graphs
      --stack-storage-size <number>  different stacks to keep; 16384 unless told
  -m, --min-block-time <number>      only waits of so many microseconds; 1 unless told
  -M, --max-block-time <number>      only waits of less than so many microseconds
      --state <number>               only in one of these states (2: uninterruptible)
  duration <number>                  seconds; until Ctrl-C unless told
`);

using bpf = await load(
  `
#include <linux/sched.h>
struct key { u32 pid, tid; int user, kernel; char comm[TASK_COMM_LEN]; };
struct wait { struct key key; u64 start; };
BPF_HASH(waits, u32, struct wait);
BPF_HASH(times, struct key, u64);
BPF_STACK_TRACE(stacks, 16384);

TRACEPOINT_PROBE(sched, sched_switch)
{
	// Who goes is still current here.
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	u32 next = args->next_pid, system = !!(task->flags & PF_KTHREAD);
	struct wait *ended = waits.lookup(&next);
	if (ended) {
		u64 time = (bpf_ktime_get_ns() - ended->start) / 1000;
		if (time >= SHORTEST && time <= LONGEST)
			times.atomic_increment(ended->key, time);
		waits.delete(&next);
	}
	struct wait wait = { .key = { .pid = task->tgid, .tid = task->pid, .user = -1, .kernel = -1 } };
	if (!wait.key.tid || (ONLY_PID && wait.key.pid != ONLY_PID) || (ONLY_TID && wait.key.tid != ONLY_TID))
		return 0;
	if ((ONLY_USER && system) || (ONLY_KERNEL && !system) || (ONLY_STATE && !(args->prev_state & ONLY_STATE)))
		return 0;
	bpf_get_current_comm(&wait.key.comm, sizeof(wait.key.comm));
	if (WITH_USER && !system)
		wait.key.user = stacks.get_stackid(args, BPF_F_USER_STACK);
	if (WITH_KERNEL)
		wait.key.kernel = stacks.get_stackid(args, 0);
	wait.start = bpf_ktime_get_ns();
	return waits.update(&wait.key.tid, &wait);
}
`,
  {
    defines: {
      ONLY_PID: options.pid,
      ONLY_TID: options.tid,
      ONLY_USER: options.userThreadsOnly,
      ONLY_KERNEL: options.kernelThreadsOnly,
      ONLY_STATE: options.state,
      WITH_USER: !options.kernelStacksOnly,
      WITH_KERNEL: !options.userStacksOnly,
      SHORTEST: options.minBlockTime ?? 1,
      LONGEST: options.maxBlockTime ?? 2 ** 52,
    },
    maxEntries: { stacks: options.stackStorageSize ?? 16384 },
  },
);
if (!options.kernelStacksOnly) bpf.rememberProcesses();
if (!options.folded) console.log("Tracing off-CPU time (us) by stack... Hit Ctrl-C to end.\n");
for await (const _ of intervals({ seconds: options.duration, count: 1 })) {
  let missing = 0;
  const EFAULT = -14; // What get_stackid() says of a thread that has no such stack.
  for (const [{ pid, tid, comm, user, kernel }, time] of [...bpf.maps.times].sort(([, a], [, b]) =>
    Number(a - b),
  )) {
    for (const id of [user, kernel]) if (id < -1 && id !== EFAULT) missing++;
    const own = bpf.stack(bpf.maps.stacks, user, { pid });
    const system = bpf.stack(bpf.maps.stacks, kernel);
    const mark = options.delimited && user >= 0 && kernel >= 0;
    if (options.folded) {
      console.log(
        `${[comm, ...own.reverse(), ...(mark ? ["-"] : []), ...system.reverse()].join(";")} ${time}`,
      );
      continue;
    }
    for (const name of [...system, ...(mark ? ["--"] : []), ...own]) console.log(`    ${name}`);
    console.log(columns("    %-16s %s (%d)\n        %d\n", "-", comm, tid, time));
  }
  if (missing > 0)
    console.error(`${missing} stacks could not be kept: a larger --stack-storage-size keeps more`);
}
