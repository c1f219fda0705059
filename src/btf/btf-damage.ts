import { BpfError } from "../errors.ts";

/** BTF that contradicts itself or its format. Every check in this room ends here, never in a crash. */
export function damaged(what: string): BpfError {
  return new BpfError("BTF", `damaged BTF: ${what}`);
}
