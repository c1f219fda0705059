import { closeFd } from "../ffi/libc.ts";
import { OpenLink } from "./open-link.ts";

/** A link that the kernel made without libbpf: closing its descriptor detaches. */
export class FdLink extends OpenLink {
  protected override detach(fd: number): void {
    closeFd(fd);
  }
}
