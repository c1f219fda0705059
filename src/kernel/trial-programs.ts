import { checked } from "../ffi/errno.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { closeFd } from "../ffi/libc.ts";
import { cString, NativeBuffer } from "../ffi/native-buffer.ts";
import { ATTACH_TYPE, MAP_TYPE, PROGRAM_TYPE } from "./bpf-constants.ts";

/** `r0 = 0; exit`: the program that every type accepts. */
const RETURN_ZERO = Uint8Array.from([0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0]);

/** A function that the kernel keeps for trying out fentry, and calls for nothing else. */
const TRIAL_FUNCTION = "bpf_fentry_test1";
/** A function that is rarely called and whose result may be changed: the kernel allows it for those of security modules. */
const TRIAL_RESULT = "security_sb_umount";
/** A hook that is rarely passed. */
const TRIAL_HOOK = "sb_umount";
/** A tracepoint that is rarely passed. */
const TRIAL_TRACEPOINT = "sched_process_exit";

interface LoadOptions {
  readonly expectedAttachType?: number;
  readonly attachBtfId?: number;
}

/** Loads the smallest program of a type, gives its fd to `body`, and unloads it. Throws SyscallError. */
function withTrialProgram<T>(type: number, options: LoadOptions, body: (fd: number) => T): T {
  const name = cString("bcc_ts_trial");
  const licence = cString("GPL");
  const code = NativeBuffer.from(RETURN_ZERO);
  // struct bpf_prog_load_opts: sz, attempts, expected_attach_type, prog_btf_fd, prog_flags,
  // prog_ifindex, kern_version, attach_btf_id
  const opts = NativeBuffer.alloc(40);
  opts.setPointer(0, 36);
  opts.view.setUint32(12, options.expectedAttachType ?? 0, true);
  opts.view.setUint32(32, options.attachBtfId ?? 0, true);
  const fd = libbpf().bpf_prog_load(type, name.address, licence.address, code.address, 2, opts.address);
  checked("load a program", fd);
  try {
    return body(fd);
  } finally {
    closeFd(fd);
  }
}

/** Attaches a program to a raw tracepoint for a moment. Throws SyscallError where it is refused. */
export function tryRawTracepoint(): void {
  const name = cString(TRIAL_TRACEPOINT);
  withTrialProgram(PROGRAM_TYPE.rawTracepoint, {}, (program) => {
    closeFd(checked("attach to a raw tracepoint", libbpf().bpf_raw_tracepoint_open(name.address, program)));
  });
}

/** Attaches a program to the entry of a kernel function by a trampoline for a moment. */
export function tryFentry(): void {
  tryTrampoline(PROGRAM_TYPE.tracing, TRIAL_FUNCTION, ATTACH_TYPE.traceFentry);
}

/** Attaches a program that may change a function's result for a moment; it leaves it as it is. */
export function tryModifyReturn(): void {
  tryTrampoline(PROGRAM_TYPE.tracing, TRIAL_RESULT, ATTACH_TYPE.modifyReturn);
}

/** Attaches a program to a hook of the security modules for a moment; it allows what it is asked. */
export function tryLsm(): void {
  tryTrampoline(PROGRAM_TYPE.lsm, TRIAL_HOOK, ATTACH_TYPE.lsmMac);
}

function tryTrampoline(type: number, symbol: string, expectedAttachType: number): void {
  const options = { expectedAttachType, attachBtfId: findBtfId(symbol, expectedAttachType) };
  withTrialProgram(type, options, (program) => {
    closeFd(checked("attach by a trampoline", libbpf().bpf_raw_tracepoint_open(0, program)));
  });
}

/** Attaches an iterator over tasks for a moment, without running it. */
export function tryIterator(): void {
  const expectedAttachType = ATTACH_TYPE.traceIter;
  const options = { expectedAttachType, attachBtfId: findBtfId("task", expectedAttachType) };
  withTrialProgram(PROGRAM_TYPE.tracing, options, (program) => {
    closeFd(checked("attach an iterator", libbpf().bpf_link_create(program, 0, expectedAttachType, 0)));
  });
}

/** libbpf puts the kernel's prefix of hooks and iterators before the name. */
function findBtfId(symbol: string, attachType: number): number {
  const id = libbpf().libbpf_find_vmlinux_btf_id(cString(symbol).address, attachType);
  return checked(`find ${symbol} in the kernel's BTF`, id);
}

/** Attaches a program to a kernel function by kprobe.multi for a moment. */
export function tryKprobeMulti(): void {
  const name = cString(TRIAL_FUNCTION);
  const names = NativeBuffer.alloc(8);
  names.setPointer(0, name.address);
  // struct bpf_link_create_opts: … kprobe_multi { flags, cnt, syms, addrs, cookies } at 32.
  const opts = NativeBuffer.alloc(64);
  opts.setPointer(0, 64);
  opts.view.setUint32(36, 1, true);
  opts.setPointer(40, names.address);
  const options = { expectedAttachType: ATTACH_TYPE.kprobeMulti };
  withTrialProgram(PROGRAM_TYPE.kprobe, options, (program) => {
    const link = libbpf().bpf_link_create(program, 0, ATTACH_TYPE.kprobeMulti, opts.address);
    closeFd(checked("attach by kprobe.multi", link));
  });
}

/** The errno of a link to no perf event: EBADF where the kernel knows such links, as it looks at the descriptor first. */
export function perfEventLinkErrno(): number {
  return withTrialProgram(
    PROGRAM_TYPE.tracepoint,
    {},
    (program) => -libbpf().bpf_link_create(program, -1, ATTACH_TYPE.perfEvent, 0),
  );
}

/** Reads a new hash map in one batch. Throws SyscallError where the kernel has no batches. */
export function tryBatchLookup(): void {
  const name = cString("bcc_ts_trial");
  const map = checked("create a map", libbpf().bpf_map_create(MAP_TYPE.hash, name.address, 4, 4, 4, 0));
  try {
    const room = NativeBuffer.alloc(64);
    const count = NativeBuffer.alloc(4);
    count.view.setUint32(0, 4, true);
    const token = room.address + 48;
    const result = libbpf().bpf_map_lookup_batch(
      map,
      0,
      token,
      room.address,
      room.address + 16,
      count.address,
      0,
    );
    // An empty map ends at once, and the end is told as ENOENT.
    if (result !== -2) checked("look up a batch", result);
  } finally {
    closeFd(map);
  }
}
