import { readFileSync } from "node:fs";
import { checked } from "../src/ffi/errno.ts";
import { libbpf } from "../src/ffi/libbpf.ts";
import { closeFd } from "../src/ffi/libc.ts";
import { decodeText, NativeBuffer } from "../src/ffi/native-buffer.ts";

/** What the kernel tells of a loaded program. */
export interface ProgramCost {
  readonly name: string;
  /** Bytes of machine code. */
  readonly jited: number;
  /** Instructions after the verifier's changes. */
  readonly translated: number;
  readonly runNs: number;
  readonly runs: number;
}

const INFO_BYTES = 512;

/** The cost of the program with this id, as struct bpf_prog_info has it. */
export function programCost(id: number): ProgramCost {
  const fd = checked("bpf_prog_get_fd_by_id", libbpf().bpf_prog_get_fd_by_id(id));
  try {
    const info = NativeBuffer.alloc(INFO_BYTES + 8);
    info.view.setUint32(INFO_BYTES, INFO_BYTES, true);
    checked("program info", libbpf().bpf_obj_get_info_by_fd(fd, info.address, info.address + INFO_BYTES));
    return {
      jited: info.view.getUint32(16, true),
      translated: info.view.getUint32(20, true) / 8,
      name: decodeText(info.bytes.subarray(64, 80)),
      runNs: Number(info.view.getBigUint64(192, true)),
      runs: Number(info.view.getBigUint64(200, true)),
    };
  } finally {
    closeFd(fd);
  }
}

/** The ids of the programs that this process holds. */
export function ownProgramIds(fds: readonly string[]): number[] {
  // A link tells the id of its program, too, but not the rest.
  const ids = fds.flatMap((fd) => /^prog_jited:[\s\S]*^prog_id:\s*(\d+)/m.exec(fdInfo(fd))?.[1] ?? []);
  return [...new Set(ids.map(Number))].sort((a, b) => a - b);
}

/** Empty for a descriptor that is closed meanwhile. */
function fdInfo(fd: string): string {
  try {
    return readFileSync(`/proc/self/fdinfo/${fd}`, "utf8");
  } catch {
    return "";
  }
}
