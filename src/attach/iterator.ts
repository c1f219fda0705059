import { AttachError, ClosedError, SyscallError } from "../errors.ts";
import { checked, checkedErrno, lastErrno } from "../ffi/errno.ts";
import { errnoName } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { closeFd, libc } from "../ffi/libc.ts";
import { NativeBuffer } from "../ffi/native-buffer.ts";
import type { LoadedProgram } from "../load/loaded-object.ts";
import type { IteratorPoint } from "../program/program.ts";
import { LibbpfLink } from "./libbpf-link.ts";

const CHUNK_BYTES = 64 * 1024;
/** The kernel calls a program of an iterator as often as there are objects; no more than this is kept. */
const MOST_BYTES = 1 << 30;

/**
 * An iterator's program that is attached: it runs once for each object when it is read. Requires Linux 5.8.
 *
 * @example
 * using tasks = bpf.attachIter({ fnName: "bpf_iter__task" });
 * for (const line of tasks.text().split("\n")) console.log(line);
 */
export class IteratorLink extends LibbpfLink {
  /** Runs the program over all objects, and gives what it wrote with bpf_seq_write and bpf_seq_printf. */
  read(): Uint8Array {
    const parts: Uint8Array[] = [];
    let size = 0;
    for (const part of this.chunks()) {
      size += part.length;
      if (size > MOST_BYTES) throw new AttachError(this.target, "the iterator wrote more than a gigabyte");
      parts.push(part);
    }
    return Buffer.concat(parts);
  }

  /** The same as text. */
  text(): string {
    return Buffer.from(this.read()).toString("utf8");
  }

  /** The same part by part as the kernel gives it, never all in memory. */
  *chunks(): Generator<Uint8Array> {
    if (this.fd === -1) throw new ClosedError("the iterator");
    const file = checked(`begin the iterator ${this.target}`, libbpf().bpf_iter_create(this.fd));
    try {
      const room = NativeBuffer.alloc(CHUNK_BYTES);
      for (;;) {
        const count = libc().read(file, room.address, CHUNK_BYTES);
        if (count === -1 && errnoName(lastErrno()) === "EAGAIN") continue;
        checkedErrno(`read the iterator ${this.target}`, count);
        if (count === 0) return;
        yield Uint8Array.from(room.bytes.subarray(0, count));
      }
    } finally {
      closeFd(file);
    }
  }
}

/** Attaches an iterator's program to what it was loaded for. Throws AttachError. */
export function attachIterator(program: LoadedProgram, point: IteratorPoint): IteratorLink {
  const { target, mapFd, pid } = point;
  // union bpf_iter_link_info: map { fd }, or task { tid, pid, pid_fd }
  const info = NativeBuffer.alloc(16);
  if (mapFd !== undefined) info.view.setUint32(0, mapFd, true);
  if (pid !== undefined) info.view.setUint32(4, pid, true);
  // struct bpf_iter_attach_opts: size, the info, its length
  const opts = NativeBuffer.alloc(24);
  opts.setPointer(0, 24);
  const told = mapFd !== undefined || pid !== undefined;
  opts.setPointer(8, told ? info.address : 0);
  opts.view.setUint32(16, told ? info.length : 0, true);
  const link = libbpf().bpf_program__attach_iter(program.pointer, opts.address);
  if (link !== 0) return new IteratorLink("iter", target, link);
  const errno = lastErrno();
  const what = `attach to the iterator ${target}`;
  const hint =
    needsMap(target) && mapFd === undefined ? "Say which map: attachIter({ fnName, map })." : undefined;
  const cause = new SyscallError(what, errno, errnoName(errno));
  throw new AttachError(target, `cannot ${what}: ${errnoName(errno)}`, { cause, hint });
}

function needsMap(target: string): boolean {
  return target === "bpf_map_elem" || target === "sockmap" || target === "bpf_sk_storage_map";
}
