/** What test/facts/*.json hold of each kernel. Add here what a test asks for, and record again. */

export const STRUCTS = [
  "pt_regs",
  "sock",
  "sock_common",
  "inet_sock",
  "socket",
  "task_struct",
  "file",
  "inode",
  "dentry",
  "path",
  "qstr",
  "filename",
  "in6_addr",
  "sk_buff",
  "mm_struct",
  "nsproxy",
  "pid_namespace",
  "net",
  "ns_common",
  "bpf_perf_event_data",
  "__sk_buff",
  "bpf_iter__task",
  "bpf_iter_meta",
  "seq_file",
  "linux_binprm",
  "xdp_md",
  "mnt_namespace",
  "mount",
];

/** Kernel functions, for programs that get their arguments as BTF tells them. */
export const FUNCTIONS = [
  "tcp_connect",
  "vfs_read",
  "do_unlinkat",
  "__sys_connect",
  "bpf_lsm_file_open",
  "bpf_iter_task",
];

export const TYPEDEFS = [
  ..."u8 u16 u32 u64 s8 s16 s32 s64 __u8 __u16 __u32 __u64 __s8 __s16 __s32 __s64".split(" "),
  ..."__be16 __be32 __be64 __le16 __le32 __le64 bool size_t ssize_t pid_t uid_t gid_t dev_t umode_t".split(
    " ",
  ),
  ..."loff_t sector_t gfp_t ktime_t possible_net_t uintptr_t uint8_t uint16_t uint32_t uint64_t".split(" "),
  ..."int8_t int16_t int32_t int64_t u_int8_t u_int32_t atomic_t".split(" "),
];

/** One enumerator of each enum. */
export const ENUMERATORS = [
  "BPF_FUNC_map_lookup_elem",
  "BPF_MAP_TYPE_HASH",
  "BPF_ANY",
  "BPF_F_NO_PREALLOC",
  "BPF_F_CURRENT_CPU",
  "BPF_F_USER_STACK",
  "BPF_RB_NO_WAKEUP",
  "BPF_F_INDEX_MASK",
  "BPF_PROG_TYPE_KPROBE",
  "TCP_ESTABLISHED",
  "BPF_TCP_ESTABLISHED",
  "IPPROTO_TCP",
  "SOCK_STREAM",
  "TASK_COMM_LEN",
  "PIDTYPE_PID",
];

export const CONFIGS = [
  "NET_NS",
  "NUMA",
  "X86_64",
  "ARM64",
  "64BIT",
  "ARCH_HAS_SYSCALL_WRAPPER",
  "DYNAMIC_MEMORY_LAYOUT",
  "RANDOMIZE_MEMORY",
  "X86_5LEVEL",
  "SLUB",
  "SLAB",
  "SLOB",
  "SLUB_CPU_PARTIAL",
  "MEMCG",
  "CGROUPS",
  "CC_STACKPROTECTOR",
  "STACKPROTECTOR",
  "STACKPROTECTOR_STRONG",
  "BPF_SYSCALL",
  "BPF_JIT",
  "KPROBES",
  "UPROBES",
  "FUNCTION_TRACER",
  "DYNAMIC_FTRACE",
  "BPF_LSM",
  "HZ",
  "NR_CPUS",
  "PREEMPT_RT",
  "LOCALVERSION",
];

export const TRACEPOINTS = [
  "sched:sched_swich", // no kernel has it
  "sched:sched_switch",
  "sched:sched_process_exit",
  "syscalls:sys_enter_openat",
  "syscalls:sys_exit_openat",
  "sock:inet_sock_set_state",
  "raw_syscalls:sys_enter",
  "raw_syscalls:sys_exit",
  "block:block_rq_issue",
  "random:urandom_read",
];

export const SYMBOLS = [
  "tcp_v4_connect",
  "tcp_v6_connect",
  "vfs_read",
  "vfs_write",
  "do_sys_openat2",
  "do_sys_open",
  "__x64_sys_openat",
  "__arm64_sys_openat",
  "sys_openat",
  "__x64_sys_read",
  "finish_task_switch",
  "bpf_probe_read_kernel",
  "no_such_function_anywhere",
];
