import { PACKETS_MAP, WATCHED_MAP, watchNumber } from "../program/script.ts";
import type { Value } from "../program/tir.ts";
import { sizeOfType } from "../program/type-layout.ts";
import type { Type } from "../program/types.ts";
import { LowerPrints } from "./lower-print.ts";
import { type Operand, scalar } from "./operand.ts";

type Call = Extract<Value, { kind: "call" }>;

/** BPF_F_USER_STACK. */
export const USER_STACK = 256;
/** A processor has about four watchpoints at a time. */
const MOST_WATCHED = 1024;

/** What is asked of the kernel's objects: sockets, packets, files, stacks, variables of CPUs. */
export abstract class LowerKernelCalls extends LowerPrints {
  /** As the verifier knows it, for helpers that want an object of one type. */
  #typedPointer(value: Value | undefined): string {
    this.keepsPointerTypes = true;
    const pointer = this.number(value as Value);
    this.keepsPointerTypes = false;
    return pointer;
  }

  protected socketCookie({ arguments: [socket] }: Call): Operand {
    return scalar(this.out.number(`bpf_get_socket_cookie((void *)${this.#typedPointer(socket)})`));
  }

  protected namespaceId({ name, arguments: values }: Call): Operand {
    const info = this.slot(8);
    const [device, inode] = values.map((value) => this.number(value));
    this.out.line(`bpf_get_ns_current_pid_tgid(${device}, ${inode}, ${info.c}, 8);`);
    // struct bpf_pidns_info: the thread, then its group.
    return scalar(this.out.number(`*(u32 *)(${info.c} + ${name === "namespace-pid" ? 4 : 0})`));
  }

  protected path({ arguments: [path], type, span }: Call): Operand {
    const size = sizeOfType(type);
    const address = this.#typedPointer(path);
    const slot = this.slot(size);
    const result = this.out.number(`bpf_d_path((void *)${address}, ${slot.c}, ${size})`);
    // Told at its place when the kernel does not let this function's probes ask for paths.
    const message = "The path cannot be told.";
    const action = this.shared.report({ kind: "helper-error", helper: "d_path", message }, span);
    if (this.shared.helperErrors) this.out.line(`if ((s64)${result} < 0) bt_report(${action}, ${result});`);
    return slot;
  }

  /** The packet goes through a perf buffer, behind a head: the action, the time, the length, and where to begin. */
  protected packetOutput({ arguments: [packet, length, offset, action] }: Call): Operand {
    this.shared.define(
      () =>
        `struct { __uint(type, 4); __uint(key_size, 4); __uint(value_size, 4); } ${PACKETS_MAP} SEC(".maps");`,
      "packets",
    );
    const size = this.number(length as Value);
    const words = [
      this.number(action as Value),
      "bpf_ktime_get_boot_ns()",
      size,
      this.number(offset as Value),
    ];
    const head = this.words(words);
    const skb = this.#typedPointer(packet);
    const flags = `0xffffffffULL /* this CPU */ | (${size} & 0xfffff) << 32`;
    return scalar(
      this.out.number(
        `bpf_skb_output((void *)${skb}, &${PACKETS_MAP}, ${flags}, ${head.c}, ${8 * words.length})`,
      ),
    );
  }

  /** The map of what is watched: an address and the number of the probe that asked. */
  protected beginWatch({ arguments: [address, program] }: Call): Operand {
    this.shared.define(
      () =>
        `struct { __uint(type, 1); __uint(key_size, 16); __uint(value_size, 8); __uint(max_entries, ${MOST_WATCHED}); } ${WATCHED_MAP} SEC(".maps");`,
      "watched",
    );
    const probe = program?.kind === "text" ? watchNumber(program.bytes) : 0;
    const key = this.words([this.number(address as Value), String(probe)]);
    const flags = "1 /* only where it is not there */";
    const result = this.out.number(`bpf_map_update_elem(&${WATCHED_MAP}, ${key.c}, bt_zeros, ${flags})`);
    return scalar(this.out.number(`${result} == 0`));
  }

  /** The kernel does not let programs read stacks that it keeps, so it is walked again. */
  protected stackLength({ arguments: [stack] }: Call): Operand {
    const { type } = stack as Value;
    const depth = stackDepth(type);
    const flags = type.kind === "deferred" && type.what === "ustack" ? USER_STACK : 0;
    const slot = this.slot(8 * depth, false);
    const size = this.out.number(`bpf_get_stack(ctx, ${slot.c}, ${8 * depth}, ${flags})`);
    return scalar(this.out.number(`(s64)${size} > 0 ? ${size} / 8 : 0`));
  }

  protected perCpuAddress({ arguments: [name, cpu], type }: Call): Operand {
    const variable = name?.kind === "text" ? name.bytes : "";
    const struct = type.kind === "pointer" && type.to.kind === "struct";
    const kind = struct ? `struct { int none; }` : "unsigned long";
    this.shared.define(() => `extern ${kind} ${variable} SEC(".ksyms");`, "ksym");
    const pointer = this.out.name("p");
    const found =
      cpu === undefined
        ? `bpf_this_cpu_ptr(&${variable})`
        : `bpf_per_cpu_ptr(&${variable}, ${this.number(cpu)})`;
    this.out.line(`void *${pointer} = ${found};`);
    // The verifier knows the pointer's type, and forbids to reckon with it or to read it before it was compared with
    // null. Read by a helper it is a number like others.
    const address = this.out.number("0");
    this.out.line(`bpf_probe_read_kernel(&${address}, 8, &${pointer});`);
    return scalar(address);
  }
}

/** In frames. */
export function stackDepth(type: Type): number {
  return type.kind === "deferred" ? (type.depth ?? 127) : 127;
}
