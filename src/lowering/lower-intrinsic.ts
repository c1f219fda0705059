import { PACKETS_MAP, WATCHED_MAP, watchNumber } from "../program/script.ts";
import type { Intrinsic, Value } from "../program/tir.ts";
import { sizeOfType } from "../program/type-layout.ts";
import type { AddressSpace } from "../program/types.ts";
import { placeAt } from "./c-writer.ts";
import { LowerTexts } from "./lower-text.ts";
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

const USER_STACK = 256;
/** A processor has about four watchpoints at a time. */
const MOST_WATCHED = 1024;

/** Functions that the kernel's helpers, or C of ours, do. */
export abstract class LowerIntrinsics extends LowerTexts {
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
        return this.words([`bpf_get_stackid(ctx, &bt_stacks_${depthOf(call)}, 0)`]);
      case "user-stack":
        return this.words([
          `bpf_get_stackid(ctx, &bt_stacks_${depthOf(call)}, ${USER_STACK})`,
          "bpf_get_current_pid_tgid() >> 32",
        ]);
      case "usym":
        return this.words([
          first === undefined ? "0" : this.number(first),
          "bpf_get_current_pid_tgid() >> 32",
        ]);
      case "string":
        return this.#string(call);
      case "buffer":
        return this.#buffer(call);
      case "inet":
        return this.#inet(call);
      case "mac": {
        const slot = this.slot(8);
        if (first !== undefined) this.out.copy(slot, this.value(first), 6);
        return slot;
      }
      case "swap-bytes":
        return this.#swap(call);
      case "compare-strings":
        return this.compareTexts(call);
      case "string-contains":
        return scalar(this.out.number(`${this.search(call)} != 0`));
      case "string-index":
        return scalar(this.out.number(`${this.search(call)} - 1`));
      case "glob-match":
        return this.glob(call);
      case "concatenate":
        return this.#concatenate(call);
      case "compare-memory":
        return this.#compareMemory(call);
      case "write-user":
        return this.#writeUser(call);
      case "begin-watch":
        return this.#beginWatch(call);
      case "socket-cookie": {
        this.keepsPointerTypes = true;
        const socket = this.number(first as Value);
        this.keepsPointerTypes = false;
        return scalar(this.out.number(`bpf_get_socket_cookie((void *)${socket})`));
      }
      case "packet-output":
        return this.#packetOutput(call);
      case "string-length":
        return this.textLength(call);
      case "stack-length":
        return this.#stackLength(call);
      case "per-cpu-address":
        return this.#perCpuAddress(call);
      case "debug-print":
        return this.#debugPrint(call);
      case "sequence-print":
        return this.#sequencePrint(call);
      case "namespace-pid":
      case "namespace-tid": {
        const info = this.slot(8);
        const [device, inode] = call.arguments.map((value) => this.number(value));
        this.out.line(`bpf_get_ns_current_pid_tgid(${device}, ${inode}, ${info.c}, 8);`);
        // struct bpf_pidns_info: the thread, then its group.
        return scalar(this.out.number(`*(u32 *)(${info.c} + ${call.name === "namespace-pid" ? 4 : 0})`));
      }
      case "path": {
        const size = sizeOfType(call.type);
        this.keepsPointerTypes = true;
        const address = this.number(first as Value);
        this.keepsPointerTypes = false;
        const slot = this.slot(size);
        const result = this.out.number(`bpf_d_path((void *)${address}, ${slot.c}, ${size})`);
        // Told at its place when the kernel does not let this function's probes ask for paths.
        const message = "The path cannot be told.";
        const action = this.shared.report({ kind: "helper-error", helper: "d_path", message }, call.span);
        if (this.shared.helperErrors)
          this.out.line(`if ((s64)${result} < 0) bt_report(${action}, ${result});`);
        return slot;
      }
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

  /** A value of several words. */
  protected words(words: readonly string[]): Operand {
    const slot = this.slot(8 * words.length, false);
    for (const [i, word] of words.entries()) this.out.line(`*(u64 *)${placeAt(slot, 8 * i).c} = ${word};`);
    return slot;
  }

  #string({ arguments: [address, length], type }: Call): Operand {
    const from = address as Value;
    const space: AddressSpace = from.type.kind === "pointer" ? from.type.space : "any";
    const size = sizeOfType(type);
    const at = this.number(from);
    if (length === undefined) {
      const slot = this.slot(size, false);
      this.readText(slot, size, `(void *)${at}`, space);
      return slot;
    }
    const slot = this.slot(size);
    const most = this.out.number(this.number(length));
    this.out.line(`if (${most} > ${size}) ${most} = ${size};`);
    this.out.line(`barrier_var(${most});`);
    this.out.line(`if (${most} <= ${size}) {`);
    this.readText(slot, most, `(void *)${at}`, space);
    this.out.line("}");
    return slot;
  }

  #buffer({ arguments: [source, length], type }: Call): Operand {
    const from = source as Value;
    const most = sizeOfType(type) - 4;
    const inMemory = !this.isNumber(from.type) && from.kind !== "read";
    const address =
      from.kind === "read" && !this.isNumber(from.type)
        ? `${this.number(from.address)} + ${from.offset}`
        : this.value(from).c;
    const slot = this.slot(sizeOfType(type));
    const size = this.out.number(this.number(length as Value));
    this.out.line(`if (${size} > ${most}) ${size} = ${most};`);
    this.out.line(`barrier_var(${size});`);
    this.out.line(`if (${size} <= ${most}) {`);
    this.out.line(`*(u32 *)${slot.c} = ${size};`);
    const space = inMemory
      ? "kernel"
      : from.kind === "read"
        ? from.space
        : from.type.kind === "pointer"
          ? from.type.space
          : "any";
    const read =
      space === "user" ? "bpf_probe_read_user" : space === "any" ? "bpf_probe_read" : "bpf_probe_read_kernel";
    this.out.line(`${read}(${slot.c} + 4, ${size}, (void *)(${address}));`);
    this.out.line("}");
    return slot;
  }

  /** The family, then the address in the order of the network. */
  #inet({ arguments: [address] }: Call): Operand {
    const from = address as Value;
    const slot = this.slot(24);
    const value = this.value(from);
    const size = this.isNumber(from.type) ? 4 : sizeOfType(from.type);
    this.out.line(`*(u32 *)${slot.c} = ${size === 16 ? 6 : 4};`);
    const place = placeAt(slot, 4);
    if (this.isNumber(from.type)) this.out.line(`*(u32 *)${place.c} = ${value.c};`);
    else this.out.copy(place, value, Math.min(16, size));
    return slot;
  }

  #swap({ arguments: [number], type }: Call): Operand {
    const bits = 8 * sizeOfType(type);
    const value = this.number(number as Value);
    return scalar(bits === 8 ? value : this.out.number(`__builtin_bswap${bits}((u${bits})${value})`));
  }

  /** With room for both whole, so that the verifier need not relate the length of one to that of the other. */
  #concatenate({ arguments: [left, right], type }: Call): Operand {
    const [a, b] = this.pair(left as Value, right as Value);
    const [m, n] = [sizeOfType((left as Value).type), sizeOfType((right as Value).type)];
    this.frame.needsMemory();
    // What has it as its type reads all that the type has room for.
    const slot = this.slot(Math.max(m + n, sizeOfType(type)));
    const length = this.out.number(`bpf_probe_read_kernel_str(${slot.c}, ${m}, ${a.c})`);
    this.out.line(`${length} = (s64)${length} > 0 ? ${length} - 1 : 0;`);
    this.out.line(`barrier_var(${length});`);
    this.out.line(`if (${length} < ${m}) bpf_probe_read_kernel_str(${slot.c} + ${length}, ${n}, ${b.c});`);
    const size = sizeOfType(type);
    if (size < m + n) this.out.line(`*(${slot.c} + ${size - 1}) = 0;`);
    return slot;
  }

  #compareMemory({ arguments: [left, right, count] }: Call): Operand {
    const [x, y] = this.pair(left as Value, right as Value);
    const [a, b] = [this.stored((left as Value).type, x), this.stored((right as Value).type, y)];
    const size = count?.kind === "constant" ? Number(count.value) : 0;
    if (size > 32) this.frame.needsMemory();
    return scalar(this.out.number(`bt_compare_bytes(${a.c}, ${b.c}, ${size})`));
  }

  #writeUser({ arguments: [to, from, length] }: Call): Operand {
    const source = from as Value;
    const place = this.inMemory(source);
    const inBuffer = source.type.kind === "buffer";
    const most = sizeOfType(source.type) - (inBuffer ? 4 : 0);
    const size = this.out.number(this.number(length as Value));
    const at = this.number(to as Value);
    const result = this.out.number("-22");
    this.out.line(`barrier_var(${size});`);
    this.out.line(`if (${size} > 0 && ${size} <= ${most}) {`);
    this.out.line(
      `${result} = bpf_probe_write_user((void *)${at}, ${place.c}${inBuffer ? " + 4" : ""}, ${size});`,
    );
    this.out.line("}");
    return scalar(result);
  }

  /** The map of what is watched: an address and the number of the probe that asked. */
  #beginWatch({ arguments: [address, program] }: Call): Operand {
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

  /** The packet goes through a perf buffer, behind a head: the action, the time, the length, and where to begin. */
  #packetOutput({ arguments: [packet, length, offset, action] }: Call): Operand {
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
    this.keepsPointerTypes = true;
    const skb = this.number(packet as Value);
    this.keepsPointerTypes = false;
    const flags = `0xffffffffULL /* this CPU */ | (${size} & 0xfffff) << 32`;
    return scalar(
      this.out.number(
        `bpf_skb_output((void *)${skb}, &${PACKETS_MAP}, ${flags}, ${head.c}, ${8 * words.length})`,
      ),
    );
  }

  /** The kernel does not let programs read stacks that it keeps, so it is walked again. */
  #stackLength({ arguments: [stack] }: Call): Operand {
    const { type } = stack as Value;
    const depth = type.kind === "deferred" ? (type.depth ?? 127) : 127;
    const flags = type.kind === "deferred" && type.what === "ustack" ? USER_STACK : 0;
    const slot = this.slot(8 * depth, false);
    const size = this.out.number(`bpf_get_stack(ctx, ${slot.c}, ${8 * depth}, ${flags})`);
    return scalar(this.out.number(`(s64)${size} > 0 ? ${size} / 8 : 0`));
  }

  #perCpuAddress({ arguments: [name, cpu], type }: Call): Operand {
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

  #debugPrint({ arguments: [format, ...values] }: Call): Operand {
    const text = this.value(format as Value);
    const { data, size } = this.#printed(values);
    this.out.line(`bpf_trace_vprintk(${text.c}, ${sizeOfType((format as Value).type)}, ${data}, ${size});`);
    return scalar("0");
  }

  /** Into the file that an iterator is read as: the context's first member leads to it. */
  #sequencePrint({ arguments: [format, ...values] }: Call): Operand {
    const text = this.value(format as Value);
    const { data, size } = this.#printed(values);
    const file = this.out.number("*(u64 *)*(u64 *)ctx");
    const fields = [
      `(void *)${file}`,
      text.c,
      String(sizeOfType((format as Value).type)),
      data,
      String(size),
    ];
    this.out.line(`bpf_seq_printf(${fields.join(", ")});`);
    return scalar("0");
  }

  /** The values of one of the kernel's printfs: numbers, and the addresses of texts. */
  #printed(values: readonly Value[]): { data: string; size: number } {
    const operands = this.values(values);
    const words = operands.map(({ c }, i) => (this.isNumber((values[i] as Value).type) ? c : `(u64)${c}`));
    const data = this.words(words.length === 0 ? ["0"] : words);
    return { data: data.c, size: 8 * words.length };
  }
}

function depthOf({ type }: Call): number {
  return type.kind === "deferred" ? (type.depth ?? 127) : 127;
}
