import type { BuildOptions } from "./built-program.ts";
import { BpfError } from "./errors.ts";
import { mayHaveLostBounds } from "./load/verifier-advice.ts";
import { VerifierError } from "./load/verifier-error.ts";

/** How the same text is compiled so that another verifier may let it pass. */
export type OtherWay = Pick<BuildOptions, "plainReads" | "keepBounds">;

/**
 * After a refusal, tries what else can be made of the text; each way costs a compilation the first time. When none
 * helps, the refusal of what is nearest to the text is the one that is told.
 */
export async function loadOtherwise<Loaded>(
  refusal: VerifierError,
  hasDirectLoads: boolean,
  load: (way: OtherWay) => Promise<Loaded>,
): Promise<Loaded> {
  let told = refusal;
  if (hasDirectLoads) {
    try {
      // Verifiers differ in the pointers that they let a program dereference; probe reads they let pass alike.
      return await load({ plainReads: true });
    } catch (error) {
      if (!(error instanceof VerifierError)) throw error;
      told = error;
    }
  }
  if (!mayHaveLostBounds(told.reason)) throw told;
  try {
    return await load({ plainReads: hasDirectLoads, keepBounds: true });
  } catch (error) {
    // Another program is in the way now: what was told of the first one is mended.
    if (error instanceof VerifierError && error.program !== told.program) throw error;
    throw BpfError.is(error) ? told : error;
  }
}
