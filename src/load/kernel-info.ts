import { checked } from "../ffi/errno.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { NativeBuffer } from "../ffi/native-buffer.ts";

const INFO_BYTES = 512;

/** What the kernel says of a program, map or link by its descriptor. */
export interface KernelInfo {
  /** struct bpf_prog_info, bpf_map_info or bpf_link_info. The first two begin with type and id. */
  readonly view: DataView;
  /** So many bytes of it this kernel knows. */
  readonly length: number;
}

/** Reads it. Throws SyscallError. */
export function kernelInfo(fd: number): KernelInfo {
  const info = NativeBuffer.alloc(INFO_BYTES + 8);
  info.view.setUint32(INFO_BYTES, INFO_BYTES, true);
  const result = libbpf().bpf_obj_get_info_by_fd(fd, info.address, info.address + INFO_BYTES);
  checked("read the kernel's info", result);
  return { view: info.view, length: info.view.getUint32(INFO_BYTES, true) };
}
