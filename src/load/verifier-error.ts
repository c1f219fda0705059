import { BpfError, hideFields } from "../errors.ts";
import { errnoName } from "../ffi/errno-table.ts";
import { type Diagnostic, renderDiagnostic } from "../source/diagnostic.ts";
import type { LoadOptions, ObjectPlace } from "./load-options.ts";
import { findRefusedPlace, refusalDiagnostic } from "./refused-place.ts";
import { userPlace } from "./user-place.ts";
import { verifierAdvice } from "./verifier-advice.ts";
import { parseVerifierLog } from "./verifier-log.ts";

/** How many lines of the log format() shows. */
const TAIL = 10;

/** What the verifier's refusal is made of. */
export interface Refusal {
  readonly program: string;
  /** Positive. */
  readonly errno: number;
  readonly log: string;
  readonly object: Uint8Array;
  readonly options?: LoadOptions;
}

/** The kernel's verifier refused a program. `message` says which and why, `log` is all that it wrote. */
export class VerifierError extends BpfError {
  readonly program: string;
  readonly errno: number;
  readonly errnoName: string;
  readonly log: string;
  /** The line of the log that says why. */
  readonly reason: string;
  /** The source line that was refused, as the object names it. */
  readonly place: ObjectPlace | undefined;
  /** Line of the user's text, counted from 1. */
  readonly line: number | undefined;
  /** The refusal at the user's line. */
  readonly diagnostic: Diagnostic | undefined;

  constructor(refusal: Refusal) {
    const { program, errno, log, object, options = {} } = refusal;
    const parsed = parseVerifierLog(log);
    const reason = parsed.reason ?? errnoName(errno);
    const { summary, hint } = verifierAdvice(reason);
    const place = findRefusedPlace(object, program, parsed, options.source?.name);
    const user = place === undefined ? undefined : userPlace(place, options);
    const at = user === undefined ? undefined : user.source.position(user.span.start);
    const where = user === undefined ? "" : `${user.source.name}:${at?.line}: `;
    super("VERIFIER", `${where}the kernel refuses the program ${program}: ${summary}`, { hint });
    this.program = program;
    this.errno = errno;
    this.errnoName = errnoName(errno);
    this.log = log;
    this.reason = reason;
    this.place = place;
    this.line = at?.line;
    this.diagnostic = user === undefined ? undefined : refusalDiagnostic(user, summary, undefined);
    hideFields(this, "log", "diagnostic", "place");
  }

  protected override details(): string[] {
    const details =
      this.diagnostic === undefined ? placeLine(this.place) : [renderDiagnostic(this.diagnostic)];
    const lines = this.log.split("\n").filter((line) => line.trim() !== "");
    const omitted = lines.length - TAIL;
    details.push(
      `the end of the verifier's log${omitted > 0 ? ` (${omitted} lines before it omitted)` : ""}:`,
    );
    return [...details, ...lines.slice(-TAIL).map((line) => `  ${line}`)];
  }
}

function placeLine(place: ObjectPlace | undefined): string[] {
  return place === undefined ? [] : [`${place.file}:${place.line}: ${place.text.trim()}`];
}
