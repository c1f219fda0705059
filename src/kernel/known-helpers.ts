import { libbpf } from "../ffi/libbpf.ts";
import { MAP_TYPE, PROGRAM_TYPE } from "./bpf-constants.ts";

/** Helpers by the number that bpf.h gives them, and a type of program that may call them. */
const HELPERS = {
  probe_read: [4, "kprobe"],
  probe_read_str: [45, "kprobe"],
  probe_read_user: [112, "kprobe"],
  probe_read_user_str: [114, "kprobe"],
  probe_read_kernel: [113, "kprobe"],
  probe_read_kernel_str: [115, "kprobe"],
  get_current_cgroup_id: [80, "kprobe"],
  send_signal: [109, "kprobe"],
  override_return: [58, "kprobe"],
  get_boot_ns: [125, "kprobe"],
  get_tai_ns: [208, "kprobe"],
  get_func_ip: [173, "kprobe"],
  jiffies64: [118, "kprobe"],
  for_each_map_elem: [164, "kprobe"],
  get_ns_current_pid_tgid: [120, "kprobe"],
  lookup_percpu_elem: [195, "kprobe"],
  loop: [181, "kprobe"],
  get_attach_cookie: [174, "kprobe"],
} as const satisfies Readonly<Record<string, readonly [number, keyof typeof PROGRAM_TYPE]>>;

export type HelperName = keyof typeof HELPERS;

export const HELPER_NAMES = Object.keys(HELPERS) as HelperName[];

/** Whether the kernel has a helper, tried with a program that calls it. */
export function knowsHelper(name: HelperName): boolean {
  const [number, type] = HELPERS[name];
  return libbpf().libbpf_probe_bpf_helper(PROGRAM_TYPE[type], number, 0) === 1;
}

/** Whether the kernel has a type of program. */
export function knowsProgramType(name: keyof typeof PROGRAM_TYPE): boolean {
  return libbpf().libbpf_probe_bpf_prog_type(PROGRAM_TYPE[name], 0) === 1;
}

/** Whether the kernel has a type of map. */
export function knowsMapType(name: keyof typeof MAP_TYPE): boolean {
  return libbpf().libbpf_probe_bpf_map_type(MAP_TYPE[name], 0) === 1;
}
