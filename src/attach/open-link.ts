import { registerForExit } from "./exit-release.ts";
import type { Link, LinkKind } from "./link.ts";
import { missedRuns } from "./missed-runs.ts";

/** What links have in common, however they were made: closed once, and at the end of the process at the latest. */
export abstract class OpenLink implements Link {
  readonly kind: LinkKind;
  readonly target: string;
  readonly count: number;
  readonly #unregister: () => void;
  #fd: number;

  constructor(kind: LinkKind, target: string, fd: number, count = 1) {
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
    this.detach(fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Called once, with the descriptor that the link had. */
  protected abstract detach(fd: number): void;
}
