import { closeSync, constants, openSync } from "node:fs";
import { ERRNO } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { closeFd } from "../ffi/libc.ts";
import { pidfdOpen } from "../ffi/system-calls.ts";
import type { Codec } from "../values/codec.ts";
import { codecOf } from "../values/compile-codec.ts";
import { mapError } from "./map-error.ts";
import type { MapHandle } from "./map-handle.ts";
import { EntryMemory } from "./map-memory.ts";
import { MapObject } from "./map-object.ts";
import type { HasFd } from "./program-array.ts";

const DESCRIPTOR = codecOf<number>({ kind: "integer", size: 4, signed: true }, "int");

/** A descriptor that is lent for one call. */
interface Lent extends HasFd {
  close?(): void;
}

/**
 * Values that hang on the kernel's own objects and go with them (BPF_SK_STORAGE, BPF_INODE_STORAGE,
 * BPF_TASK_STORAGE): a socket, a file or a process, so there is no list of all. Since Linux 5.2 (sockets), 5.10
 * (inodes) and 5.11 (tasks).
 */
export abstract class ObjectStorage<Owner, V> extends MapObject {
  readonly #memory: EntryMemory<number, V>;

  constructor(handle: MapHandle, value: Codec<V>) {
    super(handle);
    this.#memory = new EntryMemory({ key: DESCRIPTOR, value });
  }

  /** Undefined when nothing is stored with it. */
  get(owner: Owner): V | undefined {
    const result = this.#with(owner, (fd, key) => {
      return libbpf().bpf_map_lookup_elem(fd, key, this.#memory.value.address);
    });
    if (result === 0) return this.#memory.readValue();
    if (result === -ERRNO.ENOENT) return undefined;
    throw mapError(this.name, "get", -result);
  }

  /** Throws ValueError when the value does not fit, MapError when the kernel refuses. */
  set(owner: Owner, value: V): this {
    const address = this.#memory.writeValue(value);
    const result = this.#with(owner, (fd, key) => {
      return libbpf().bpf_map_update_elem(fd, key, address, 0n);
    });
    if (result < 0) throw mapError(this.name, "set", -result);
    return this;
  }

  /** False when nothing was stored with it. */
  delete(owner: Owner): boolean {
    const result = this.#with(owner, (fd, key) => libbpf().bpf_map_delete_elem(fd, key));
    if (result < 0 && result !== -ERRNO.ENOENT) throw mapError(this.name, "delete", -result);
    return result === 0;
  }

  protected abstract lend(owner: Owner): Lent;

  #with(owner: Owner, call: (fd: number, key: number) => number): number {
    const fd = this.openFd();
    const lent = this.lend(owner);
    try {
      return call(fd, this.#memory.writeKey(lent.fd));
    } finally {
      lent.close?.();
    }
  }
}

/**
 * Values of sockets, by their file descriptors (BPF_SK_STORAGE).
 *
 * @example
 * bpf.maps.seen.get(server); // undefined until a program stores something with the socket
 */
export class SocketStorage<V> extends ObjectStorage<HasFd | number, V> {
  protected override lend(socket: HasFd | number): Lent {
    return typeof socket === "number" ? { fd: socket } : { fd: socket.fd };
  }
}

/**
 * Values of files, by path or file descriptor (BPF_INODE_STORAGE).
 *
 * @example
 * bpf.maps.writers.get("/etc/passwd");
 */
export class InodeStorage<V> extends ObjectStorage<string | HasFd | number, V> {
  protected override lend(file: string | HasFd | number): Lent {
    if (typeof file === "number") return { fd: file };
    if (typeof file !== "string") return { fd: file.fd };
    const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    return { fd, close: () => closeSync(fd) };
  }
}

/**
 * Values of processes, by pid (BPF_TASK_STORAGE); those of other threads only programs see.
 *
 * @example
 * bpf.maps.started.get(process.pid);
 */
export class TaskStorage<V> extends ObjectStorage<number, V> {
  protected override lend(pid: number): Lent {
    const fd = pidfdOpen(pid);
    return { fd, close: () => closeFd(fd) };
  }
}
