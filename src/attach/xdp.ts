import { libbpf } from "../ffi/libbpf.ts";
import { NativeBuffer } from "../ffi/native-buffer.ts";
import { ATTACH_TYPE, PROGRAM_TYPE } from "../kernel/bpf-constants.ts";
import type { LoadedProgram } from "../load/loaded-object.ts";
import type { XdpPoint } from "../program/program.ts";
import { attachRefusal } from "./attach-refusal.ts";
import { FdLink } from "./fd-link.ts";
import type { Link } from "./link.ts";
import { deviceIndex } from "./network-device.ts";

/**
 * Attaches an XDP program to a network device, until the link is closed or the process ends. Requires Linux 5.9.
 *
 * Throws AttachError, PermissionError.
 */
export function attachXdp(program: LoadedProgram, { device, flags = 0 }: XdpPoint): Link {
  const index = deviceIndex(device);
  // struct bpf_link_create_opts: sz, flags
  const opts = NativeBuffer.alloc(16);
  opts.setPointer(0, 16);
  opts.view.setUint32(8, flags, true);
  const fd = libbpf().bpf_link_create(program.fd, index, ATTACH_TYPE.xdp, opts.address);
  if (fd >= 0) return new FdLink("xdp", String(device), fd);
  const busy = fd === -16 ? "Another program is attached to it: `ip link` shows which." : undefined;
  const wrong = program.type === PROGRAM_TYPE.xdp ? undefined : "The context must be struct xdp_md *ctx.";
  throw attachRefusal(`attach XDP to ${device}`, String(device), -fd, { hint: wrong ?? busy });
}
