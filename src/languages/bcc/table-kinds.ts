/** What a kind of table is to the kernel, and which methods it has. */
export interface TableKind {
  /** enum bpf_map_type. */
  readonly type: number;
  /** As a message calls it. */
  readonly words: string;
  readonly methods: ReadonlySet<string>;
}

const READ = "lookup update delete";
const KEYED = `${READ} lookup_or_try_init lookup_or_init insert increment atomic_increment`;

/** The names of kinds as BPF_TABLE takes them, and those that the macros of their own stand for. */
const KINDS: Readonly<Record<string, readonly [type: number, words: string, methods: string]>> = {
  hash: [1, "a hash", KEYED],
  array: [2, "an array", KEYED],
  histogram: [1, "a histogram", KEYED],
  prog: [3, "a program array", "call update delete"],
  perf_output: [4, "a perf buffer", "perf_submit perf_submit_skb"],
  perf_array: [4, "a perf event array", "perf_read perf_counter_value"],
  percpu_hash: [5, "a per-CPU hash", KEYED],
  percpu_array: [6, "a per-CPU array", KEYED],
  stacktrace: [7, "a table of stacks", "get_stackid lookup delete"],
  stacktrace_buildid: [7, "a table of stacks", "get_stackid lookup delete"],
  cgroup_array: [8, "a cgroup array", "check_current_task"],
  lru_hash: [9, "an LRU hash", KEYED],
  lru_percpu_hash: [10, "a per-CPU LRU hash", KEYED],
  lpm_trie: [11, "a trie", KEYED],
  array_of_maps: [12, "an array of maps", "lookup"],
  hash_of_maps: [13, "a hash of maps", "lookup delete"],
  devmap: [14, "a device map", "redirect_map lookup delete"],
  sockmap: [15, "a socket map", "sock_map_update msg_redirect_map sk_redirect_map update delete lookup"],
  cpumap: [16, "a CPU map", "redirect_map lookup delete"],
  xskmap: [17, "a map of XDP sockets", "redirect_map lookup delete"],
  sockhash: [18, "a socket hash", "sock_hash_update msg_redirect_hash sk_redirect_hash update delete lookup"],
  cgroup_storage: [19, "storage of cgroups", "get_local_storage"],
  percpu_cgroup_storage: [21, "per-CPU storage of cgroups", "get_local_storage"],
  queue: [22, "a queue", "push pop peek"],
  stack: [23, "a stack", "push pop peek"],
  sk_storage: [24, "storage of sockets", "sk_storage_get sk_storage_delete"],
  devmap_hash: [25, "a hash of devices", "redirect_map lookup update delete"],
  ringbuf: [
    27,
    "a ring buffer",
    "ringbuf_output ringbuf_reserve ringbuf_submit ringbuf_discard ringbuf_query",
  ],
  inode_storage: [28, "storage of inodes", "inode_storage_get inode_storage_delete"],
  task_storage: [29, "storage of tasks", "task_storage_get task_storage_delete"],
  // Another program's table: what it is shows when it is found. Until then it passes for a hash.
  extern: [1, "another program's table", `${KEYED} get_stackid call redirect_map`],
};

export const TABLE_KINDS: ReadonlyMap<string, TableKind> = new Map(
  Object.entries(KINDS).map(([kind, [type, words, methods]]) => [
    kind,
    { type, words, methods: new Set(methods.split(" ")) },
  ]),
);

/** Every method of every kind. */
export const TABLE_METHODS: ReadonlySet<string> = new Set(
  [...TABLE_KINDS.values()].flatMap((kind) => [...kind.methods]),
);

/** A sentence about a method that another kind of table has. */
export function kindWithMethod(method: string): string | undefined {
  const kind = [...TABLE_KINDS.values()].find((each) => each.methods.has(method));
  return kind && `It is a method of ${kind.words}.`;
}
