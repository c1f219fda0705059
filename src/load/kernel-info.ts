import { checked } from "../ffi/errno.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { NativeBuffer } from "../ffi/native-buffer.ts";

const INFO_BYTES = 512;

/** struct bpf_prog_info or bpf_map_info; both begin with type and id. */
export function kernelInfo(fd: number): DataView {
  const info = NativeBuffer.alloc(INFO_BYTES + 8);
  info.view.setUint32(INFO_BYTES, INFO_BYTES, true);
  const result = libbpf().bpf_obj_get_info_by_fd(fd, info.address, info.address + INFO_BYTES);
  checked("read the kernel's info", result);
  return info.view;
}
