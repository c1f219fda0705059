import { BpfError, type ErrorOptions } from "../errors.ts";

/**
 * A value does not fit the C type that it was to be written as. `path` says which part of it, for instance
 * "key.saddr" or "value.stack[3]"; it is empty for the whole value.
 */
export class ValueError extends BpfError {
  readonly path: string;
  readonly reason: string;

  constructor(path: string, reason: string, options: ErrorOptions = {}) {
    super("VALUE", `${path === "" ? "value" : path}: ${reason}`, options);
    this.path = path;
    this.reason = reason;
  }

  /** The same error, its path starting at `root`: ".saddr" within "key" is "key.saddr". */
  within(root: string): ValueError {
    return new ValueError(root + this.path, this.reason, { hint: this.hint, cause: this.cause });
  }
}
