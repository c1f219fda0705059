import { checked } from "../ffi/errno.ts";
import { libbpf } from "../ffi/libbpf.ts";

/** The CPUs that this machine may ever have: a per-CPU map has a value for each of them. */
export function possibleCpus(): number {
  return checked("libbpf_num_possible_cpus", libbpf().libbpf_num_possible_cpus());
}
