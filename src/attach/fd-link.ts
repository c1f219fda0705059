import { closeFd } from "../ffi/libc.ts";
import { registerForExit } from "./exit-release.ts";
import type { Link, LinkKind } from "./link.ts";
import { missedRuns } from "./missed-runs.ts";

/** A link that the kernel made without libbpf: closing its descriptor detaches. */
export class FdLink implements Link {
  readonly kind: LinkKind;
  readonly target: string;
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

  get fd(): number {
    return this.#fd;
  }

  get missed(): number | undefined {
    return missedRuns(this.#fd);
  }

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
