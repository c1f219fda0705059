import { closeSync, constants, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { BpfError } from "../errors.ts";
import { pcapHeader, pcapPacket } from "../output/pcap.ts";

const { O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;

/**
 * The files that a script writes packets to, each made anew. We are root: a link that somebody put into the place is
 * not followed, and nothing but a plain file is written. Others may not read it.
 */
export class PacketFiles {
  readonly #files = new Map<string, number>();

  /** @throws BpfError where one cannot be made */
  constructor(paths: Iterable<string>) {
    try {
      for (const path of new Set(paths)) this.#files.set(path, openNew(path));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  write(path: string, time: bigint, bytes: Uint8Array): void {
    const fd = this.#files.get(path);
    if (fd !== undefined) writeSync(fd, pcapPacket(time, bytes));
  }

  close(): void {
    for (const fd of this.#files.values()) closeSync(fd);
    this.#files.clear();
  }
}

function openNew(path: string): number {
  let fd: number | undefined;
  try {
    fd = openSync(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
    if (!fstatSync(fd).isFile()) throw new Error("it is no plain file");
    ftruncateSync(fd);
    writeSync(fd, pcapHeader());
    return fd;
  } catch (cause) {
    if (fd !== undefined) closeSync(fd);
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === "ELOOP" ? "it is a symbolic link" : (code ?? message);
    throw new BpfError("SCRIPT_FILE", `skboutput() cannot write to ${path}: ${reason}`, { cause });
  }
}
