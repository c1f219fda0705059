import { ffiBindings, refAddon } from "./native-addons.ts";
import { callInterface } from "./prepared-call.ts";

/** A C function pointer that calls JavaScript. Whoever gives `address` to C keeps the object: C does not. */
export interface Callback {
  readonly address: number;
  /** Held by the object: the code is freed with the first, the signature with the second. */
  readonly memory: readonly Buffer[];
}

/** Parameters of a callback as they arrive: "i32" for C's int, "pointer" for addresses and sizes. */
export type CallbackParameter = "i32" | "pointer";

const SLOT = 8;

/**
 * A C function that runs `body`, some microseconds a call. On the main thread of its making only. What
 * `body` throws surfaces at the next, unrelated entry into JavaScript: it should catch everything.
 */
export function makeCallback(
  returns: "i32" | "void",
  parameters: readonly CallbackParameter[],
  body: (...values: number[]) => number | undefined,
): Callback {
  const bindings = ffiBindings();
  const { address, readPointer } = refAddon();
  const cif = callInterface(bindings, returns, parameters);
  const call = (result: Buffer, places: Buffer): unknown => {
    try {
      const values = parameters.map((type, index) => {
        const value = readPointer(places, index * SLOT, SLOT);
        return type === "i32" ? value.readInt32LE(0) : Number(value.readBigUInt64LE(0));
      });
      const given = body(...values);
      if (returns === "i32") result.writeInt32LE(given ?? 0, 0);
      return undefined;
    } catch (error) {
      return error;
    }
  };
  const code = bindings.Callback(cif, returns === "i32" ? 4 : 0, parameters.length, report, call);
  return { address: address(code), memory: [code, cif] };
}

/** For calls from other threads, where nobody waits for the exception. */
function report(error: unknown): void {
  setImmediate(() => {
    throw error instanceof Error ? error : new Error(String(error));
  });
}
