import type { Btf } from "../btf/btf.ts";
import type { Architecture } from "./kernel-facts.ts";

/** What an option's presence shows in. */
export interface ConfigEvidence {
  readonly btf: Btf;
  readonly architecture: Architecture;
  hasSymbol(name: string): boolean;
}

type Sign = (kernel: ConfigEvidence) => boolean;

/**
 * Options that leave a trace in the kernel's types or symbols: those that programs branch on, each with the
 * declaration that the kernel's sources put under it.
 */
const SIGNS: Readonly<Record<string, Sign>> = {
  X86_64: ({ architecture }) => architecture === "x86_64",
  ARM64: ({ architecture }) => architecture === "aarch64",
  "64BIT": () => true,
  BPF_SYSCALL: hasType("bpf_prog"),
  NET_NS: ({ btf }) => {
    const id = btf.find("typedef", "possible_net_t");
    return id !== undefined && btf.sizeOf(id) > 0;
  },
  NUMA: hasMember("task_struct", "mempolicy"),
  MEMCG: hasMember("mem_cgroup", "css"),
  SLUB: hasType("kmem_cache_order_objects"),
  SLUB_CPU_PARTIAL: hasMember("kmem_cache", "cpu_partial"),
  SLAB: hasType("array_cache"),
  SLOB: hasType("slob_block"),
  STACKPROTECTOR: hasMember("task_struct", "stack_canary"),
  UPROBES: hasType("uprobe_task"),
  CGROUPS: hasMember("task_struct", "cgroups"),
  ARCH_HAS_SYSCALL_WRAPPER: ({ hasSymbol, architecture }) =>
    hasSymbol(architecture === "x86_64" ? "__x64_sys_read" : "__arm64_sys_read"),
  DYNAMIC_MEMORY_LAYOUT: hasSymbol("page_offset_base"),
  RANDOMIZE_MEMORY: hasSymbol("kernel_randomize_memory"),
  X86_5LEVEL: hasSymbol("__pgtable_l5_enabled"),
  KPROBES: hasSymbol("register_kprobe"),
};

/** The options that `inferConfig` can tell, without "CONFIG_". */
export const INFERABLE_OPTIONS: readonly string[] = Object.keys(SIGNS);

/** "y" when the kernel shows that the option is on; undefined when it does not, or when no sign is known. */
export function inferConfig(option: string, kernel: ConfigEvidence): "y" | undefined {
  const sign = Object.hasOwn(SIGNS, option) ? SIGNS[option] : undefined;
  return sign?.(kernel) === true ? "y" : undefined;
}

function hasType(name: string): Sign {
  return ({ btf }) => btf.find("struct", name) !== undefined;
}

function hasMember(struct: string, member: string): Sign {
  return ({ btf }) => {
    const id = btf.find("struct", struct);
    const type = id === undefined ? undefined : btf.type(id);
    return type?.kind === "struct" && type.members.some(({ name }) => name === member);
  };
}

function hasSymbol(name: string): Sign {
  return (kernel) => kernel.hasSymbol(name);
}
