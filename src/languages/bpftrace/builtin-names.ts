/** Names that are values by themselves, with or without parentheses. */
const BUILTINS: ReadonlySet<string> = new Set([
  ..."pid tid uid gid nsecs elapsed cpu ncpus numaid comm kstack ustack retval func probe probetype args".split(
    " ",
  ),
  ..."username curtask rand cgroup ctx cpid has_cpid jiffies usermode ppid pcomm leader_tid leader_comm".split(
    " ",
  ),
]);

/** True for the name of a builtin, `arg0` to `arg99` and `sarg0` included. */
export function isBuiltin(name: string): boolean {
  return BUILTINS.has(name.replace(/^__builtin_/, "")) || /^s?arg\d{1,2}$/.test(name);
}

export function builtinNames(): readonly string[] {
  return [...BUILTINS, ..."arg0 arg1 arg2 arg3 arg4 arg5".split(" ")];
}
