import { BpfError } from "../../errors.ts";

/** A one-liner's command line is wrong; told as its other errors are. */
export class UsageError extends BpfError {
  constructor(message: string, hint?: string) {
    super("ONE_LINER_USAGE", message, { hint });
  }

  override format(): string {
    return [`ERROR: ${this.message}`, ...(this.hint === undefined ? [] : [`HINT: ${this.hint}`])].join("\n");
  }
}
