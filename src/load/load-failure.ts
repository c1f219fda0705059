import { type BpfError, LoadError, SyscallError } from "../errors.ts";
import { ERRNO, errnoName } from "../ffi/errno-table.ts";
import { withLibbpfMessages } from "../ffi/libbpf-messages.ts";
import type { NativeBuffer } from "../ffi/native-buffer.ts";
import { permissionError, tracingCapabilities } from "../kernel/capabilities.ts";
import { attemptLoad, type LoadAttempt } from "./load-attempt.ts";
import type { LoadOptions } from "./load-options.ts";
import { VerifierError } from "./verifier-error.ts";

/** BPF_LOG_STATS: the reason and the numbers, without the trace of all paths. */
const REASON_ONLY = 4;
const REASON_BYTES = 65_536;

/** A failure that says what libbpf said, in `format()` too. */
class LibbpfLoadError extends LoadError {
  readonly messages: readonly string[];

  constructor(
    message: string,
    options: { hint?: string | undefined; cause?: unknown },
    messages: readonly string[],
  ) {
    super(message, options);
    this.name = "LoadError";
    this.messages = messages;
  }

  protected override details(): string[] {
    // A log of all types says nothing of what is wrong.
    return this.messages.map((message) => `  ${message.replace(/-- BEGIN BTF LOAD LOG[\s\S]*/, "...")}`);
  }
}

/** Why an attempt failed, found out by another one where the first did not say. */
export function explainFailure(object: NativeBuffer, options: LoadOptions, failed: LoadAttempt): BpfError {
  const refused = [...failed.logs].at(-1);
  // What the verifier wrote until then is no reason.
  if (failed.result === -ERRNO.EAGAIN) return otherFailure(ERRNO.EAGAIN, refused?.[0], []);
  if (refused !== undefined && (options.logLevel ?? 0) === 0) {
    const [program, log] = refused;
    return verifierError(object, options, program, log, -failed.result);
  }
  const { result: again, messages } = withLibbpfMessages(() =>
    attemptLoad(object, options, options.logLevel ?? 0, REASON_BYTES),
  );
  again.handle.close();
  const heard = complaints(messages);
  const program = firstMatch(heard, /prog '([^']+)': (?:BPF program load failed|failed to load)/);
  const log = program === undefined ? undefined : (failed.logs.get(program) ?? again.logs.get(program));
  if (program !== undefined && log !== undefined) {
    return verifierError(object, options, program, log, -failed.result);
  }
  return otherFailure(-failed.result, program, heard);
}

/**
 * A log that did not fit hides the true error number behind ENOSPC, and on Linux before 6.4 its end with
 * the reason: both come from another load that writes the reason only.
 */
function verifierError(
  object: NativeBuffer,
  options: LoadOptions,
  program: string,
  log: string,
  errno: number,
): VerifierError {
  const refusal = { program, log, errno, object: object.bytes, options };
  if (errno !== ERRNO.ENOSPC) return new VerifierError(refusal);
  const short = attemptLoad(object, options, REASON_ONLY, REASON_BYTES);
  short.handle.close();
  const reason = short.logs.get(program);
  const whole = reason === undefined ? log : `${log}\n(the log is cut here)\n${reason}`;
  return new VerifierError({ ...refusal, log: whole, errno: -short.result });
}

function otherFailure(errno: number, program: string | undefined, heard: readonly string[]): BpfError {
  const name = errnoName(errno);
  const cause = new SyscallError("bpf_object__load", errno, name);
  if (errno === ERRNO.EPERM || errno === ERRNO.EACCES) {
    const denied = permissionError(
      program === undefined ? "load" : `load ${program}`,
      tracingCapabilities(),
      cause,
    );
    if (denied !== undefined) return denied;
  }
  const map = firstMatch(heard, /map '([^']+)': failed to (?:create|pin)/);
  if (map !== undefined) {
    return new LibbpfLoadError(
      `the map ${map} cannot be made: ${name}`,
      { cause, hint: mapHint(errno) },
      heard,
    );
  }
  const what = program === undefined ? "the object" : `the program ${program}`;
  return new LibbpfLoadError(
    `the kernel does not take ${what}: ${name}`,
    { cause, hint: programHint(errno) },
    heard,
  );
}

function mapHint(errno: number): string | undefined {
  switch (errno) {
    case ERRNO.E2BIG:
      return "The map would be larger than the kernel allows: lower its number of entries or its value's size.";
    case ERRNO.ENOMEM:
      return "There is not enough memory for all its entries: lower their number, or use BPF_F_NO_PREALLOC.";
    case ERRNO.EINVAL:
      return "The kernel does not know this kind of map, or not with this size of key, value or number of entries; a ring buffer's size is a power of two and at least a page.";
    case ERRNO.EPERM:
      return "On Linux before 5.11, raise the limit on locked memory: `ulimit -l unlimited`.";
    default:
      return undefined;
  }
}

function programHint(errno: number): string | undefined {
  if (errno === ERRNO.EPERM)
    return "Is the kernel in lockdown, or is this kind of program switched off in it?";
  if (errno === ERRNO.EAGAIN)
    return "Signals interrupted the verifier each time that it was tried: find out who sends them so often, and load before or after that.";
  if (errno === ERRNO.EINVAL) return "Does this kernel know the kind of program? `bcc-ts doctor` tells.";
  return undefined;
}

/** Warnings among libbpf's messages; at its debug level it tells every step. */
function complaints(messages: readonly string[]): string[] {
  return messages
    .filter((message) =>
      /fail|error|invalid|unsupported|denied|can't|not (?:found|supported)|BEGIN|retry/i.test(message),
    )
    .filter((message) => !/-- BEGIN PROG LOAD LOG/.test(message))
    .map((message) => message.replace(/^libbpf: /, ""));
}

function firstMatch(texts: readonly string[], pattern: RegExp): string | undefined {
  for (const text of texts) {
    const match = pattern.exec(text);
    if (match !== null) return match[1];
  }
  return undefined;
}

/** The failure to open an object, with libbpf's words. */
export function explainOpenFailure(open: () => unknown, cause: unknown): BpfError {
  const { messages } = withLibbpfMessages(() => {
    try {
      open();
    } catch {
      // Known: it is `cause` that is reported, this run is for the messages.
    }
  });
  const said = complaints(messages);
  return new LibbpfLoadError(
    `libbpf does not take the object: ${said.at(-1) ?? String(cause)}`,
    { cause },
    said,
  );
}
