import { readdirSync, readFileSync } from "node:fs";
import { checked } from "../src/ffi/errno.ts";
import { libbpf } from "../src/ffi/libbpf.ts";
import { closeFd } from "../src/ffi/libc.ts";
import { decodeText, NativeBuffer } from "../src/ffi/native-buffer.ts";

/** Events that one run of a program sends at the most. */
export const EVENTS_A_RUN = 1000;
const LAST = 0xffff_ffffn;

/** What the program counted since it was loaded. */
export interface Sent {
  readonly sent: number;
  readonly refused: number;
}

/**
 * Sends the events of bench/programs/events.c out of this process through the maps of another one, which reads
 * them: it is found by its file descriptors, whatever library it uses.
 */
export class Generator {
  readonly #program: number;
  readonly #state: number;
  readonly #context = NativeBuffer.alloc(96);
  readonly #options = NativeBuffer.alloc(80);
  readonly #key = NativeBuffer.alloc(4);
  readonly #value = NativeBuffer.alloc(16);
  #next = 0;
  #count = 0;

  constructor(pid: number, kind: "ring" | "perf") {
    const found = programOf(pid, `fill_${kind}`);
    this.#program = found.fd;
    this.#state = mapNamed(found.maps, "state");
    this.#options.setPointer(0, 80);
    this.#options.setPointer(32, this.#context.address);
    this.#options.view.setUint32(48, this.#context.length, true);
  }

  /** Sends so many events, and gives the nanoseconds that it took. */
  send(count: number): number {
    const before = process.hrtime.bigint();
    for (let left = count; left > 0; left -= EVENTS_A_RUN) this.#run(Math.min(left, EVENTS_A_RUN));
    return Number(process.hrtime.bigint() - before);
  }

  /** Sends until an event finds no room; gives the number of those that did. */
  fill(): number {
    const before = this.sent();
    for (;;) {
      this.#run(EVENTS_A_RUN);
      const { sent, refused } = this.sent();
      if (refused > before.refused) return sent - before.sent - (refused - before.refused);
    }
  }

  /** Sends the event that tells a reader to end, as soon as there is room for it. */
  async end(): Promise<void> {
    for (;;) {
      const before = this.sent().refused;
      this.#context.view.setBigUint64(8, LAST, true);
      this.#context.view.setBigUint64(0, 1n, true);
      this.#call();
      if (this.sent().refused === before) return;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Events that this one sent, the last one not among them. */
  get count(): number {
    return this.#count;
  }

  /** What the program counted, for all that send. */
  sent(): Sent {
    const { address, view } = this.#value;
    checked("bpf_map_lookup_elem", libbpf().bpf_map_lookup_elem(this.#state, this.#key.address, address));
    return { sent: Number(view.getBigUint64(0, true)), refused: Number(view.getBigUint64(8, true)) };
  }

  close(): void {
    closeFd(this.#program);
    closeFd(this.#state);
  }

  #run(count: number): void {
    this.#context.view.setBigUint64(0, BigInt(count), true);
    this.#context.view.setBigUint64(8, BigInt(this.#next), true);
    this.#count += count;
    this.#next = (this.#next + count) % 1_000_000_000;
    this.#call();
  }

  #call(): void {
    checked("bpf_prog_test_run", libbpf().bpf_prog_test_run_opts(this.#program, this.#options.address));
  }
}

/** A program that a process has open, with the ids of its maps. */
function programOf(pid: number, name: string): { readonly fd: number; readonly maps: readonly number[] } {
  for (const entry of readdirSync(`/proc/${pid}/fdinfo`)) {
    const id = /^prog_id:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${entry}`, "utf8"))?.[1];
    if (id === undefined) continue;
    const fd = checked("bpf_prog_get_fd_by_id", libbpf().bpf_prog_get_fd_by_id(Number(id)));
    const ids = NativeBuffer.alloc(64 * 4);
    const info = NativeBuffer.alloc(80);
    info.view.setUint32(52, 64, true);
    info.setPointer(56, ids.address);
    readInfo(fd, info);
    if (decodeText(info.bytes.subarray(64, 80)) === name) {
      const count = info.view.getUint32(52, true);
      return { fd, maps: Array.from({ length: count }, (_, at) => ids.view.getUint32(at * 4, true)) };
    }
    closeFd(fd);
  }
  throw new Error(`process ${pid} has no program ${name}`);
}

function mapNamed(ids: readonly number[], name: string): number {
  for (const id of ids) {
    const fd = checked("bpf_map_get_fd_by_id", libbpf().bpf_map_get_fd_by_id(id));
    const info = NativeBuffer.alloc(40);
    readInfo(fd, info);
    if (decodeText(info.bytes.subarray(24, 40)) === name) return fd;
    closeFd(fd);
  }
  throw new Error(`the program has no map ${name}`);
}

function readInfo(fd: number, info: NativeBuffer): void {
  const length = NativeBuffer.alloc(4);
  length.view.setUint32(0, info.length, true);
  checked("bpf_obj_get_info_by_fd", libbpf().bpf_obj_get_info_by_fd(fd, info.address, length.address));
}
