import type { InferEvents } from "../../../src/infer/infer-events.ts";
import type { InferMaps } from "../../../src/infer/infer-maps.ts";
import type { InferPrograms } from "../../../src/infer/infer-programs.ts";
import { type Equal, expectType } from "../expect-type.ts";

/** Ring buffers: records that are copied in, records that are reserved, and several types in one ring. */
export const ringEvents = `
#include <linux/sched.h>
#include <linux/fs.h>

enum kind { KIND_EXEC = 1, KIND_EXIT };

typedef struct {
	u32 pid;
	u32 ppid;
	enum kind kind;
	bool kthread;
	u8 digest[32];
	union {
		int exit_code;
		u64 cgroup;
	};
	struct {
		s32 nice : 6;
		u32 policy : 3, : 0, rt : 1;
		u64 mask : 40;
	} sched;
} process_event_t;

struct fork_event {
	pid_t parent, child;
	char comm[TASK_COMM_LEN];
	char args[4][16];
	u64 matrix[2][3];
	s8 deltas[4];
	void *stack[2];
	int (*handler)(void *, int);
} __attribute__((packed));

BPF_RINGBUF_OUTPUT(processes, 8);
BPF_RINGBUF_OUTPUT(forks, 1 << 4);
BPF_RINGBUF_OUTPUT(ids, 1);
BPF_RINGBUF_OUTPUT(unused, 1);

RAW_TRACEPOINT_PROBE(sched_process_exec)
{
	process_event_t *e = processes.ringbuf_reserve(sizeof(process_event_t));
	if (!e)
		return 1;
	e->pid = bpf_get_current_pid_tgid() >> 32;
	if (e->pid == 1) {
		processes.ringbuf_discard(e, 0);
		return 0;
	}
	processes.ringbuf_submit(e, 0);
	return 0;
}

KFUNC_PROBE(wake_up_new_task, struct task_struct *task)
{
	struct fork_event event = {};
	event.child = task->pid;
	forks.ringbuf_output(&event, sizeof(event), 0);
	u32 pid = task->pid;
	ids.ringbuf_output(&pid, sizeof(pid), 0);
	u64 both = bpf_get_current_pid_tgid();
	ids.ringbuf_output(&both, sizeof(both), BPF_RB_FORCE_WAKEUP);
	return 0;
}
`;

type Text = typeof ringEvents;
type Events = InferEvents<Text>;
expectType<
  Equal<
    Events["processes"],
    {
      pid: number;
      ppid: number;
      kind: number;
      kthread: boolean;
      digest: Uint8Array;
      exit_code: number;
      cgroup: bigint;
      sched: { nice: number; policy: number; rt: number; mask: bigint };
    }
  >
>();
expectType<
  Equal<
    Events["forks"],
    {
      parent: number;
      child: number;
      comm: string;
      args: string[];
      matrix: bigint[][];
      deltas: number[];
      stack: bigint[];
      handler: bigint;
    }
  >
>();
expectType<Equal<Events["ids"], number | bigint>>();
expectType<Equal<Events["unused"], unknown>>();
expectType<Equal<InferMaps<Text>["forks"], { kind: "ringbuf"; key: never; value: never }>>();
expectType<Equal<InferPrograms<Text>, "raw_tracepoint__sched_process_exec" | "kfunc__wake_up_new_task">>();
