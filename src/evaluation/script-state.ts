import { DIVIDED_BY_ZERO, MAP_FULL, NOT_THERE } from "../program/run-time-messages.ts";
import type { TypedMap, TypedScript } from "../program/tir.ts";
import { layoutOf } from "../program/type-layout.ts";
import type { Span } from "../source/source-text.ts";
import { decodeScriptValue, type ScriptSpelling } from "../values/decode-script-value.ts";
import { requestOf, type ScriptRequest } from "../values/script-request.ts";
import { type Datum, encoded } from "./datum.ts";
import { MapContents } from "./map-contents.ts";
import { notEvaluated } from "./not-evaluated.ts";

/** What the kernel gives for a map that has no room. */
const TOO_BIG = -7;
const NO_ENTRY = -2;

/** What a script was told to tell, with the place that says so. */
export interface EvaluatedRequest {
  readonly request: ScriptRequest;
  readonly span: Span;
}

/** What the blocks of a script share while they are evaluated: maps, and what they ask of user space. */
export class ScriptState {
  readonly script: TypedScript;
  readonly maps: readonly MapContents[];
  readonly spell: ScriptSpelling;
  readonly seriesClock: string | undefined;
  /** In the order of the ring. */
  readonly requests: EvaluatedRequest[] = [];
  exiting = false;

  constructor(script: TypedScript, spell: ScriptSpelling, seriesClock: string | undefined) {
    this.script = script;
    this.spell = spell;
    this.seriesClock = seriesClock;
    this.maps = script.maps.map((map) => new MapContents(map));
  }

  /** A record of an action. */
  emit(index: number, values: readonly Datum[], span: Span): void {
    const action = this.script.actions[index];
    if (action === undefined) throw new RangeError(`there is no action ${index}`);
    if (action.kind === "exit") this.exiting = true;
    const { arguments: types, span: _span, callers: _callers, ...said } = action;
    const given = types.map((type, i) => {
      const bytes = encoded(values[i] ?? 0n, type);
      return decodeScriptValue(new DataView(bytes.buffer), 0, layoutOf(type), this.spell);
    });
    const request = requestOf({ ...said, size: 0, arguments: [] }, given, "");
    this.requests.push({ request, span });
  }

  divisionByZero(span: Span): void {
    const event = { kind: "warnf", format: DIVIDED_BY_ZERO, arguments: [] } as const;
    this.requests.push({ request: { kind: "event", event }, span });
  }

  /** Tells of a map that has no room, and gives whether there was some. */
  stored(done: boolean, { kind }: TypedMap, span: Span): boolean {
    if (done) return true;
    if (kind === "lru" || kind === "percpu-lru") throw notEvaluated("which key a full LRU map forgets");
    this.#helperFailed({ helper: "map_update_elem", result: TOO_BIG, message: MAP_FULL }, span);
    return false;
  }

  /** Tells of a deletion that found nothing. */
  notDeleted(span: Span): void {
    this.#helperFailed({ helper: "map_delete_elem", result: NO_ENTRY, message: NOT_THERE }, span);
  }

  #helperFailed(error: { helper: string; result: number; message: string }, span: Span): void {
    this.requests.push({ request: { kind: "event", event: { kind: "helper-error", ...error } }, span });
  }

  /** The clock of time series: a map of the script, where one was named. */
  seriesTime(): bigint {
    const clock = this.maps.find(({ map, isScalar }) => isScalar && map.name === this.seriesClock);
    const now = clock?.get(new Uint8Array());
    if (typeof now !== "bigint") throw notEvaluated("the time");
    return BigInt.asUintN(64, now);
  }
}
