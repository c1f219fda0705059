import { BpfError } from "../../src/errors.ts";

/** Questions are asked one by one; each may be refused with a BpfError, nothing else. */
export function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (!BpfError.is(error)) throw error;
    return undefined;
  }
}
