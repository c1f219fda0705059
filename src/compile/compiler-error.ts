import { BpfError } from "../errors.ts";

/** There is no usable clang, or it broke down. What it says of the user's text is a SourceError instead. */
export class CompilerError extends BpfError {
  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super("COMPILER", message, options);
  }
}
