import { BpfError, UnsupportedError } from "../errors.ts";
import { prepareErrno } from "./errno.ts";
import { type FunctionTable, functionTable } from "./function-table.ts";
import { Library } from "./library.ts";

const INSTALL =
  "Install libbpf 1.x: `apt install libbpf1` on Debian and Ubuntu, `dnf install libbpf` on Fedora.";

// As in libbpf.h. Enums are u32, file descriptors i32, opts structs are pointers (NULL for defaults).
const DECLARATIONS = {
  libbpf_major_version: ["u32", []],
  libbpf_version_string: ["pointer", []],
  libbpf_set_print: ["pointer", ["pointer"]],
  libbpf_num_possible_cpus: ["i32", []],
  libbpf_probe_bpf_prog_type: ["i32", ["u32", "pointer"]],
  libbpf_probe_bpf_map_type: ["i32", ["u32", "pointer"]],
  libbpf_probe_bpf_helper: ["i32", ["u32", "u32", "pointer"]],
  libbpf_find_vmlinux_btf_id: ["i32", ["pointer", "u32"]],

  bpf_object__open_mem: ["pointer", ["pointer", "size", "pointer"]],
  bpf_object__load: ["i32", ["pointer"]],
  bpf_object__close: ["void", ["pointer"]],
  bpf_object__next_program: ["pointer", ["pointer", "pointer"]],
  bpf_object__next_map: ["pointer", ["pointer", "pointer"]],

  bpf_program__name: ["pointer", ["pointer"]],
  bpf_program__section_name: ["pointer", ["pointer"]],
  bpf_program__fd: ["i32", ["pointer"]],
  bpf_program__type: ["u32", ["pointer"]],
  bpf_program__set_type: ["i32", ["pointer", "u32"]],
  bpf_program__set_expected_attach_type: ["i32", ["pointer", "u32"]],
  bpf_program__set_autoload: ["i32", ["pointer", "u32"]],
  bpf_program__autoload: ["u32", ["pointer"]],
  bpf_program__set_attach_target: ["i32", ["pointer", "i32", "pointer"]],
  bpf_program__set_log_level: ["i32", ["pointer", "u32"]],
  bpf_program__set_log_buf: ["i32", ["pointer", "pointer", "size"]],
  bpf_program__insn_cnt: ["size", ["pointer"]],
  bpf_program__insns: ["pointer", ["pointer"]],
  bpf_program__attach_kprobe_opts: ["pointer", ["pointer", "pointer", "pointer"]],
  bpf_program__attach_uprobe_opts: ["pointer", ["pointer", "i32", "pointer", "size", "pointer"]],
  bpf_program__attach_tracepoint_opts: ["pointer", ["pointer", "pointer", "pointer", "pointer"]],
  bpf_program__attach_raw_tracepoint: ["pointer", ["pointer", "pointer"]],
  bpf_program__attach_perf_event_opts: ["pointer", ["pointer", "i32", "pointer"]],
  bpf_program__attach_trace_opts: ["pointer", ["pointer", "pointer"]],
  bpf_program__attach_lsm: ["pointer", ["pointer"]],
  bpf_program__attach_iter: ["pointer", ["pointer", "pointer"]],

  bpf_link__fd: ["i32", ["pointer"]],
  bpf_link__destroy: ["i32", ["pointer"]],

  bpf_map__name: ["pointer", ["pointer"]],
  bpf_map__fd: ["i32", ["pointer"]],
  bpf_map__type: ["u32", ["pointer"]],
  bpf_map__key_size: ["u32", ["pointer"]],
  bpf_map__value_size: ["u32", ["pointer"]],
  bpf_map__max_entries: ["u32", ["pointer"]],
  bpf_map__set_max_entries: ["i32", ["pointer", "u32"]],
  bpf_map__map_flags: ["u32", ["pointer"]],
  bpf_map__btf_key_type_id: ["u32", ["pointer"]],
  bpf_map__btf_value_type_id: ["u32", ["pointer"]],
  bpf_map__set_pin_path: ["i32", ["pointer", "pointer"]],
  bpf_map__reuse_fd: ["i32", ["pointer", "i32"]],
  bpf_map__is_internal: ["u32", ["pointer"]],

  bpf_map_create: ["i32", ["u32", "pointer", "u32", "u32", "u32", "pointer"]],
  bpf_map_lookup_elem: ["i32", ["i32", "pointer", "pointer"]],
  bpf_map_lookup_and_delete_elem: ["i32", ["i32", "pointer", "pointer"]],
  bpf_map_update_elem: ["i32", ["i32", "pointer", "pointer", "u64"]],
  bpf_map_delete_elem: ["i32", ["i32", "pointer"]],
  bpf_map_get_next_key: ["i32", ["i32", "pointer", "pointer"]],
  // fd, in_batch, out_batch, keys, values, count (in and out), opts
  bpf_map_lookup_batch: ["i32", ["i32", "pointer", "pointer", "pointer", "pointer", "pointer", "pointer"]],
  bpf_map_lookup_and_delete_batch: [
    "i32",
    ["i32", "pointer", "pointer", "pointer", "pointer", "pointer", "pointer"],
  ],
  // fd, keys, values, count (in and out), opts
  bpf_map_update_batch: ["i32", ["i32", "pointer", "pointer", "pointer", "pointer"]],
  bpf_map_delete_batch: ["i32", ["i32", "pointer", "pointer", "pointer"]],

  // type, name, licence, instructions, their number, opts
  bpf_prog_load: ["i32", ["u32", "pointer", "pointer", "pointer", "size", "pointer"]],
  bpf_prog_test_run_opts: ["i32", ["i32", "pointer"]],
  bpf_obj_get: ["i32", ["pointer"]],
  bpf_obj_pin: ["i32", ["i32", "pointer"]],
  bpf_obj_get_info_by_fd: ["i32", ["i32", "pointer", "pointer"]],
  bpf_map_get_fd_by_id: ["i32", ["u32"]],
  bpf_map_get_next_id: ["i32", ["u32", "pointer"]],
  bpf_prog_get_fd_by_id: ["i32", ["u32"]],
  bpf_prog_get_next_id: ["i32", ["u32", "pointer"]],
  bpf_link_get_next_id: ["i32", ["u32", "pointer"]],
  // prog_fd, target_fd, attach type, opts
  bpf_link_create: ["i32", ["i32", "i32", "u32", "pointer"]],
  // prog_fd, target_fd, attach type, flags
  bpf_prog_attach: ["i32", ["i32", "i32", "u32", "u32"]],
  bpf_prog_detach2: ["i32", ["i32", "i32", "u32"]],
  bpf_tc_hook_create: ["i32", ["pointer"]],
  bpf_tc_hook_destroy: ["i32", ["pointer"]],
  bpf_tc_attach: ["i32", ["pointer", "pointer"]],
  bpf_tc_detach: ["i32", ["pointer", "pointer"]],
  bpf_enable_stats: ["i32", ["u32"]],
  bpf_iter_create: ["i32", ["i32"]],
  bpf_raw_tracepoint_open: ["i32", ["pointer", "i32"]],
} as const;

export type Libbpf = FunctionTable<typeof DECLARATIONS>;

let opened: { readonly library: Library; readonly table: Libbpf } | undefined;

/**
 * libbpf's functions, thin: those with a number return -errno on failure, those with a pointer NULL and
 * errno. The library is opened at the first call; throws BpfError (LIBRARY) when it is not installed and
 * UnsupportedError when it is not version 1.
 */
export function libbpf(): Libbpf {
  return open().table;
}

/** Opens it while there is nothing else to do. What is wrong with it is said when it is needed. */
export function openLibbpfAhead(): void {
  try {
    open();
  } catch (error) {
    if (!BpfError.is(error)) throw error;
  }
}

/** The library itself, for its version and for functions that only some versions have. */
export function libbpfLibrary(): Library {
  return open().library;
}

function open(): NonNullable<typeof opened> {
  if (opened !== undefined) return opened;
  const library = Library.open("libbpf.so.1", INSTALL);
  const table = functionTable(library, DECLARATIONS);
  const major = table.libbpf_major_version();
  if (major !== 1) {
    throw new UnsupportedError("libbpf", `libbpf has the major version ${major}, 1 is needed`, {
      hint: INSTALL,
    });
  }
  // libbpf would print to standard error; its messages are asked for where something fails.
  table.libbpf_set_print(0);
  prepareErrno();
  opened = { library, table };
  return opened;
}
