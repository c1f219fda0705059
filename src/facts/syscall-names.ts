import type { KernelFacts } from "./kernel-facts.ts";

/** What stands before a system call's name, on this machine or another: "__x64_sys_", "sys_". */
export const SYSCALL_PREFIXES: readonly string[] = [
  "sys_",
  "__x64_sys_",
  "__x32_compat_sys_",
  "__ia32_compat_sys_",
  "__arm64_sys_",
];

/**
 * The kernel function of a system call in this kernel's spelling, whatever machine's or time's name is given:
 * "sys_clone" is "__x64_sys_clone". Undefined for the names of other functions: "sys_imageblit" is one.
 */
export function syscallFunction(name: string, facts: KernelFacts): string | undefined {
  const prefix = SYSCALL_PREFIXES.find((each) => name.startsWith(each));
  if (prefix === undefined) return undefined;
  const own = ownPrefix(facts);
  if (prefix === own) return name;
  if (facts.btf.find("func", name) !== undefined) return undefined;
  return own + name.slice(prefix.length);
}

function ownPrefix(facts: KernelFacts): string {
  if (facts.config("CONFIG_ARCH_HAS_SYSCALL_WRAPPER") !== "y") return "sys_";
  return facts.architecture === "x86_64" ? "__x64_sys_" : "__arm64_sys_";
}
