import { closeFd } from "../ffi/libc.ts";
import { registerForExit } from "./exit-release.ts";
import type { Link, LinkKind } from "./link.ts";
import { missedRuns } from "./missed-runs.ts";

/** A link that the kernel made without libbpf: closing its descriptor detaches. */
export class FdLink implements Link {
  /** What it is attached to. */
  readonly kind: LinkKind;
  /** As a user would write it. */
  readonly target: string;
  /** At how many places the program runs. */
  readonly count: number;
  readonly #unregister: () => void;
  #fd: number;

  constructor(kind: LinkKind, target: string, fd: number, count: number) {
    this.kind = kind;
    this.target = target;
    this.count = count;
    this.#fd = fd;
    this.#unregister = registerForExit(this);
  }

  /** -1 once closed. */
  get fd(): number {
    return this.#fd;
  }

  /** How often a kprobe did not run the program, where the kernel tells (Linux 6.7). */
  get missed(): number | undefined {
    return missedRuns(this.#fd);
  }

  /** Detaches. May be called again. */
  close(): void {
    if (this.#fd === -1) return;
    const fd = this.#fd;
    this.#fd = -1;
    this.#unregister();
    closeFd(fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
