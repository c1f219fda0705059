import { UnsupportedError } from "../errors.ts";

/** Thrown for what only the kernel can tell: memory, a probe's context, the current task, stacks, clocks. */
export function notEvaluated(what: string): UnsupportedError {
  return new UnsupportedError("evaluation", `${what} can only be told by the kernel`, {
    hint: "Run the script instead.",
  });
}
