import { BpfError } from "../errors.ts";

/** A question about a kernel that the source of the facts cannot answer; never a guess instead. */
export function factsMissing(what: string, hint: string): BpfError {
  return new BpfError("FACTS_MISSING", `${what} is not known of this kernel`, { hint });
}
