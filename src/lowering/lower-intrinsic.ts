import type { Intrinsic, Value } from "../program/tir.ts";
import { LowerKernelCalls, stackDepth, USER_STACK } from "./lower-kernel-call.ts";
import { type Operand, scalar } from "./operand.ts";

type Call = Extract<Value, { kind: "call" }>;

/** What the kernel tells without arguments. */
const SIMPLE: Readonly<Partial<Record<Intrinsic, string>>> = {
  pid: "bpf_get_current_pid_tgid() >> 32",
  tid: "(u32)bpf_get_current_pid_tgid()",
  uid: "(u32)bpf_get_current_uid_gid()",
  gid: "bpf_get_current_uid_gid() >> 32",
  cpu: "bpf_get_smp_processor_id()",
  "numa-node": "bpf_get_numa_node_id()",
  cgroup: "bpf_get_current_cgroup_id()",
  random: "bpf_get_prandom_u32()",
  jiffies: "bpf_jiffies64()",
  "current-task": "bpf_get_current_task()",
  "function-address": "bpf_get_func_ip(ctx)",
  "time-monotonic": "bpf_ktime_get_ns()",
  "time-tai": "bpf_ktime_get_tai_ns()",
};

/** Functions that the kernel's helpers, or C of ours, do. */
export abstract class LowerIntrinsics extends LowerKernelCalls {
  override intrinsic(call: Call): Operand {
    const simple = SIMPLE[call.name];
    if (simple !== undefined) return scalar(this.out.number(simple));
    const [first, second] = call.arguments;
    switch (call.name) {
      case "time-boot":
        return scalar(this.out.number(`bpf_ktime_get_boot_ns()${first === undefined ? "" : " - bt_start"}`));
      case "comm": {
        const slot = this.slot(16);
        this.out.line(`bpf_get_current_comm(${slot.c}, 16);`);
        return slot;
      }
      case "username":
        return this.words(["(u32)bpf_get_current_uid_gid()"]);
      case "kernel-stack":
        return this.words([`bpf_get_stackid(ctx, &bt_stacks_${stackDepth(call.type)}, 0)`]);
      case "user-stack":
        return this.words([
          `bpf_get_stackid(ctx, &bt_stacks_${stackDepth(call.type)}, ${USER_STACK})`,
          "bpf_get_current_pid_tgid() >> 32",
        ]);
      case "usym":
        return this.words([
          first === undefined ? "0" : this.number(first),
          "bpf_get_current_pid_tgid() >> 32",
        ]);
      case "string":
        return this.string(call);
      case "buffer":
        return this.buffer(call);
      case "inet":
        return this.inet(call);
      case "mac":
        return this.mac(call);
      case "swap-bytes":
        return this.swapBytes(call);
      case "compare-strings":
        return this.compareTexts(call);
      case "string-contains":
        return scalar(this.out.number(`${this.search(call)} != 0`));
      case "string-index":
        return scalar(this.out.number(`${this.search(call)} - 1`));
      case "glob-match":
        return this.glob(call);
      case "concatenate":
        return this.concatenate(call);
      case "compare-memory":
        return this.compareMemory(call);
      case "write-user":
        return this.writeUser(call);
      case "begin-watch":
        return this.beginWatch(call);
      case "socket-cookie":
        return this.socketCookie(call);
      case "packet-output":
        return this.packetOutput(call);
      case "string-length":
        return this.textLength(call);
      case "stack-length":
        return this.stackLength(call);
      case "per-cpu-address":
        return this.perCpuAddress(call);
      case "debug-print":
        return this.debugPrint(call);
      case "sequence-print":
        return this.sequencePrint(call);
      case "namespace-pid":
      case "namespace-tid":
        return this.namespaceId(call);
      case "path":
        return this.path(call);
      case "signal":
        return scalar(this.out.number(`bpf_send_signal(${this.number(first as Value)})`));
      case "signal-thread":
        return scalar(this.out.number(`bpf_send_signal_thread(${this.number(first as Value)})`));
      case "override":
        return scalar(this.out.number(`bpf_override_return(ctx, ${this.number(first as Value)})`));
      default:
        throw new RangeError(`${call.name}${second === undefined ? "" : " with arguments"} is not lowered`);
    }
  }
}
