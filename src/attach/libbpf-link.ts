import { libbpf } from "../ffi/libbpf.ts";
import type { LinkKind } from "./link.ts";
import { OpenLink } from "./open-link.ts";

/** A link that libbpf made. */
export class LibbpfLink extends OpenLink {
  readonly #pointer: number;

  constructor(kind: LinkKind, target: string, pointer: number) {
    super(kind, target, libbpf().bpf_link__fd(pointer));
    this.#pointer = pointer;
  }

  protected override detach(): void {
    // Its result tells only whether closing the descriptors was clean; they are closed in any case.
    libbpf().bpf_link__destroy(this.#pointer);
  }
}
