import { release } from "node:os";
import { UnsupportedError } from "../errors.ts";
import { checked } from "../ffi/errno.ts";
import { ERRNO } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { NativeBuffer } from "../ffi/native-buffer.ts";
import { ATTACH_TYPE, PROGRAM_TYPE } from "../kernel/bpf-constants.ts";
import { kernelAtLeast } from "../kernel/kernel-version.ts";
import type { LoadedProgram } from "../load/loaded-object.ts";
import type { TrafficControlPoint } from "../program/program.ts";
import { attachRefusal } from "./attach-refusal.ts";
import { FdLink } from "./fd-link.ts";
import type { Link } from "./link.ts";
import { deviceIndex } from "./network-device.ts";
import { OpenLink } from "./open-link.ts";

/** Since then the kernel has links for it (tcx). */
const LINKS_SINCE = "6.6";
const HOOK = { ingress: 1, egress: 2 } as const;

/**
 * Attaches a classifier to what comes in through a device or leaves. Since Linux 6.6 it ends with the process in
 * whatever way; before, as a filter of tc, it stays where it is when the process is killed by SIGKILL.
 *
 * Throws AttachError, PermissionError.
 */
export function attachTrafficControl(program: LoadedProgram, point: TrafficControlPoint): Link {
  const { device, direction } = point;
  const index = deviceIndex(device);
  const target = `${device} ${direction}`;
  const fail = (errno: number) => {
    if (errno === ERRNO.ENOENT) return noFilters();
    const wrong = `Load it as a classifier: load(text, { programTypes: { ${program.name}: ProgramType.SCHED_CLS } }).`;
    const hint = program.type === PROGRAM_TYPE.classifier ? undefined : wrong;
    return attachRefusal(`attach to ${target}`, target, errno, { hint });
  };
  if (!kernelAtLeast(LINKS_SINCE)) return FilterLink.attach(program, index, direction, target, fail);
  const type = direction === "ingress" ? ATTACH_TYPE.tcxIngress : ATTACH_TYPE.tcxEgress;
  const fd = libbpf().bpf_link_create(program.fd, index, type, 0);
  if (fd >= 0) return new FdLink("tc", target, fd);
  throw fail(-fd);
}

function noFilters(): UnsupportedError {
  return new UnsupportedError(
    "tc filters",
    `this kernel (${release()}) has no filters of tc that are programs`,
    {
      since: "4.5",
      hint: "Load the modules: `modprobe -a sch_ingress cls_bpf`. Linux 6.6 and later need none.",
    },
  );
}

/** A filter of tc: the kernel keeps it until it is taken away. */
class FilterLink extends OpenLink {
  readonly #hook: NativeBuffer;
  /** Handle and priority of the filter. */
  readonly #filter: readonly [handle: number, priority: number];
  readonly #ownsHook: boolean;

  static attach(
    program: LoadedProgram,
    index: number,
    direction: "ingress" | "egress",
    target: string,
    fail: (errno: number) => Error,
  ): Link {
    const hook = hookOf(index, HOOK[direction]);
    const created = libbpf().bpf_tc_hook_create(hook.address);
    if (created < 0 && created !== -ERRNO.EEXIST) throw fail(-created);
    const opts = filterOptions();
    opts.view.setInt32(8, program.fd, true);
    const result = libbpf().bpf_tc_attach(hook.address, opts.address);
    if (result >= 0) return new FilterLink(program.fd, target, hook, opts, created === 0);
    if (created === 0) destroyHook(index);
    throw fail(-result);
  }

  private constructor(fd: number, target: string, hook: NativeBuffer, opts: NativeBuffer, ownsHook: boolean) {
    super("tc", target, fd);
    this.#hook = hook;
    this.#filter = [opts.view.getUint32(20, true), opts.view.getUint32(24, true)];
    this.#ownsHook = ownsHook;
  }

  override get missed(): undefined {
    return undefined;
  }

  protected override detach(): void {
    const opts = filterOptions();
    opts.view.setUint32(20, this.#filter[0], true);
    opts.view.setUint32(24, this.#filter[1], true);
    const result = libbpf().bpf_tc_detach(this.#hook.address, opts.address);
    if (this.#ownsHook) destroyHook(this.#hook.view.getInt32(8, true));
    // It may have been taken away from outside.
    if (result !== -ERRNO.ENOENT && result !== -ERRNO.EINVAL) checked(`detach from ${this.target}`, result);
  }
}

/** struct bpf_tc_hook: sz, ifindex, attach_point, parent */
function hookOf(index: number, attachPoint: number): NativeBuffer {
  const hook = NativeBuffer.alloc(24);
  hook.setPointer(0, 24);
  hook.view.setInt32(8, index, true);
  hook.view.setUint32(12, attachPoint, true);
  return hook;
}

/** struct bpf_tc_opts: sz, prog_fd, flags, prog_id, handle, priority */
function filterOptions(): NativeBuffer {
  const opts = NativeBuffer.alloc(32);
  opts.setPointer(0, 32);
  return opts;
}

/** Both directions together are the queueing discipline that was made for the filter. */
function destroyHook(index: number): void {
  libbpf().bpf_tc_hook_destroy(hookOf(index, HOOK.ingress | HOOK.egress).address);
}
