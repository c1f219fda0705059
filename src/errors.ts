/** The brand by which an error of another installed copy of bcc-ts is recognised. */
const BRAND = Symbol.for("bcc-ts.error");

/** What every error of bcc-ts can say. `hint` is the remedy, one or more sentences. */
export interface ErrorOptions {
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The base of every error that bcc-ts throws. `code` is stable and meant for programs, `message` is one
 * line, `hint` says what to do, `format()` gives all of it for people.
 *
 * @see docs/errors.md for the codes
 * @example
 * try {
 *   using bpf = await load(text);
 * } catch (error) {
 *   console.error(BpfError.is(error) ? error.format() : error);
 * }
 */
export class BpfError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  declare readonly [BRAND]: true;

  constructor(code: string, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    // A bundler puts a mark before the names of classes that name themselves.
    this.name = new.target.name.replace(/^_+/, "");
    this.code = code;
    this.hint = options.hint;
    Object.defineProperty(this, BRAND, { value: true });
    // What Node.js shows where nobody catches it, or the console: all of it for people, then where it was thrown.
    const frames = (this.stack ?? "").split("\n").filter((line) => /^ +at /.test(line));
    const get = () => [`${this.name} [${code}]`, this.format(), ...frames].join("\n");
    Object.defineProperty(this, "stack", { configurable: true, get });
  }

  /** True for an error of this or of another installed copy of bcc-ts. */
  static is(value: unknown): value is BpfError {
    return typeof value === "object" && value !== null && BRAND in value;
  }

  /** The whole picture in several lines: the message, the details and the remedy. */
  format(): string {
    return [`error: ${this.message}`, ...this.details(), ...hintLines(this.hint)].join("\n");
  }

  /** What a subclass adds between the message and the remedy. */
  protected details(): string[] {
    return [];
  }
}

/** Fields that are too long to be shown beside what `format()` says of them. */
export function hideFields(error: BpfError, ...names: string[]): void {
  for (const name of names) Object.defineProperty(error, name, { enumerable: false });
}

function hintLines(hint: string | undefined): string[] {
  return hint === undefined ? [] : [`hint: ${hint}`];
}

/** The kernel or this machine lacks a feature. `since` names the first Linux that has it. */
export class UnsupportedError extends BpfError {
  readonly feature: string;
  readonly since: string | undefined;

  constructor(feature: string, message: string, options: ErrorOptions & { since?: string } = {}) {
    super("UNSUPPORTED", message, options);
    this.feature = feature;
    this.since = options.since;
  }
}

/** The process may not do what was asked. `missing` names what it lacks, for instance CAP_BPF. */
export class PermissionError extends BpfError {
  readonly missing: string;

  constructor(missing: string, message: string, options: ErrorOptions = {}) {
    super("PERMISSION", message, options);
    this.missing = missing;
  }
}

/** A system or library call failed. `errno` is positive, `errnoName` its symbol ("ENOENT"). */
export class SyscallError extends BpfError {
  readonly operation: string;
  readonly errno: number;
  readonly errnoName: string;

  constructor(operation: string, errno: number, errnoName: string, options: ErrorOptions = {}) {
    super("SYSCALL", `${operation}: ${errnoName} (${errno})`, options);
    this.operation = operation;
    this.errno = errno;
    this.errnoName = errnoName;
  }
}

/** A probe could not be attached. `similar` holds names that exist and look like the target. */
export class AttachError extends BpfError {
  readonly target: string;
  readonly similar: readonly string[];

  constructor(target: string, message: string, options: ErrorOptions & { similar?: readonly string[] } = {}) {
    super("ATTACH", message, options);
    this.target = target;
    this.similar = options.similar ?? [];
  }

  protected override details(): string[] {
    return this.similar.length === 0 ? [] : [`similar names: ${this.similar.join(", ")}`];
  }
}

/** An object was refused before or while it was loaded, for another reason than the verifier. */
export class LoadError extends BpfError {
  constructor(message: string, options: ErrorOptions = {}) {
    super("LOAD", message, options);
  }
}

/** An object was used after it was closed, or memory after it was unmapped. */
export class ClosedError extends BpfError {
  constructor(what: string) {
    super("CLOSED", `${what} is closed`, {
      hint: "Read values before close(), or keep the object open longer.",
    });
  }
}
