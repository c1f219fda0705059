import { readFileSync } from "node:fs";
import { packageFile } from "../package-root.ts";
import { FLAG_BYTES, isScalar } from "../program/scalar-map.ts";
import type {
  ActionPlace,
  ScriptAction,
  ScriptDescription,
  ScriptMapLayout,
  ScriptSettings,
} from "../program/script.ts";
import type { TypedAction, TypedMap, TypedProbe, TypedScript } from "../program/tir.ts";
import { layoutOf, sizeOfType } from "../program/type-layout.ts";
import type { Type } from "../program/types.ts";
import { SourceError } from "../source/source-error.ts";
import type { SourceText, Span } from "../source/source-text.ts";
import { CWriter } from "./c-writer.ts";
import { LowerSteps, recordOffsets, recordSize } from "./lower-step.ts";
import type { LoweringContext } from "./lowering-context.ts";
import { ProgramFrame } from "./program-frame.ts";

export interface LoweringOptions {
  readonly source: SourceText;
  readonly settings: ScriptSettings;
  readonly license: string;
  /** CPUs that there may be. */
  readonly cpus: number;
  /** Look-ups, deletions and reads that fail are told, not only what maps have no room for. */
  readonly helperErrors: boolean;
  /** Bytes of the ring of records, a power of two. */
  readonly ringBytes: number;
  /** C that the programs call. */
  readonly imported?: string | undefined;
  /** Probes of the kernel run for this process alone. */
  readonly pid?: number | undefined;
}

/** A script as C for clang, and what user space must know to run it. */
export interface LoweredScript {
  readonly code: string;
  readonly description: ScriptDescription;
}

const MAP_TYPES = {
  hash: 1,
  lru: 9,
  "percpu-hash": 5,
  "percpu-lru": 10,
  scalar: 2,
  "percpu-scalar": 6,
} as const;

/** What a value of a per-CPU map may have. */
const LARGEST_FRAME = 32_768;
const STACKS = 8192;
const CONTROL_BYTES = 65_536;
const NO_PREALLOCATION = 1;

/** What every script's object begins with. */
export function supportCode(): string {
  return readFileSync(packageFile("bpf", "script", "support.h"), "utf8");
}

/** Lowers a script whose types are settled. */
export function lowerScript(script: TypedScript, options: LoweringOptions): LoweredScript {
  const definitions: string[] = [];
  const actions: TypedAction[] = [...script.actions];
  const known = new Map<string, string>();
  const context: LoweringContext = {
    maps: script.maps,
    cpus: options.cpus,
    helperErrors: options.helperErrors,
    report: (what, span) =>
      actions.push({ ...what, arguments: what.kind === "helper-error" ? [CODE] : [], span }) - 1,
    seriesClock: options.settings.seriesClock,
    define: (text, prefix) => {
      const same = text("name");
      let name = known.get(same);
      if (name === undefined) {
        name = `bt_${prefix}_${known.size}`;
        known.set(same, name);
        definitions.push(text(name));
      }
      return name;
    },
  };
  const programs = script.probes.map((probe, index) => lowerProbe(probe, index, script, context, options));
  const frames = programs.filter(({ frame }) => !frame.onStack);
  const scratch = Math.max(0, ...frames.map(({ frame }) => frame.size));
  const code = [
    '#line 1 "<script support>"',
    supportCode(),
    '#line 1 "<script maps>"',
    globals(script),
    ...script.maps.map(mapDefinition),
    ...script.stackDepths.map(stackMap),
    ring("bt_events", options.ringBytes),
    ring("bt_control", CONTROL_BYTES),
    scratch === 0 ? "" : scratchMap(scratch, script.probes.length),
    REPORT,
    options.imported ?? "",
    ...definitions,
    ...programs.map(({ text }) => text),
    '#line 1 "<script end>"',
    START,
    `char _license[] SEC("license") = ${JSON.stringify(options.license)};`,
    "",
  ].join("\n");
  return { code, description: describe({ ...script, actions }, options) };
}

const CODE: Type = { kind: "integer", bytes: 8, signed: true };

/** Failures are rare: the code for them is apart from what runs at each event. */
const REPORT = `static __attribute__((noinline, unused)) long bt_report(u32 action, s64 code)
{
  u8 *r = bpf_ringbuf_reserve(&bt_events, 16, 0);
  if (!r) { __sync_fetch_and_add(&bcc_ts_lost_bt_events, 1); return 0; }
  *(u32 *)r = action;
  *(u32 *)(r + 4) = 0;
  *(s64 *)(r + 8) = code;
  bpf_ringbuf_submit(r, 0);
  return 0;
}`;

const START = `SEC("raw_tp") int bt_begin_clock(void *ctx) { bt_start = bpf_ktime_get_boot_ns(); return 0; }`;

function globals(script: TypedScript): string {
  const largest = Math.max(8, ...script.maps.map((map) => FLAG_BYTES + sizeOfType(map.value)));
  return [
    "volatile u64 bt_exiting = 0;",
    "volatile u64 bt_start = 0;",
    ...(script.probes.some(({ attach }) => attach.kind === "test") ? ["volatile u64 bt_result = 0;"] : []),
    "u64 bcc_ts_lost_bt_events = 0;",
    // For keys of maps that are one value, and for the values of new keys.
    `static const u64 bt_zeros[${Math.ceil(largest / 8)}] = {};`,
  ].join("\n");
}

function lowerProbe(
  probe: TypedProbe,
  index: number,
  script: TypedScript,
  context: LoweringContext,
  { source, pid }: LoweringOptions,
) {
  const frame = new ProgramFrame(index, probe.section);
  const out = new CWriter();
  const lineOf = ({ start, source: text = source }: Span) =>
    `#line ${text.position(start).line} ${JSON.stringify(text.name)}`;
  const isTest = probe.attach.kind === "test";
  const lowering = new LowerSteps(context, frame, out, script.actions, lineOf, isTest);
  if (probe.predicate !== undefined) {
    out.line(lineOf(probe.predicate.span));
    lowering.steps([
      {
        kind: "if",
        test: probe.predicate,
        body: [],
        otherwise: [{ kind: "return", value: undefined, span: probe.predicate.span }],
        span: probe.predicate.span,
      },
    ]);
  }
  lowering.steps(probe.body);
  if (frame.size > LARGEST_FRAME) throw tooMuchMemory(probe, source, frame.size);
  const line = lineOf(probe.span);
  // An iteration goes to its end: what asks for the end of the script is heard after it.
  const runsAfterExit = ["end", "iterator", "test", "bench"].includes(probe.attach.kind);
  const text = [
    frame.declaration(),
    ...lowering.functions,
    line,
    `SEC("${probe.section}") int ${probe.program}(void *ctx)`,
    "{",
    runsAfterExit ? "" : "if (bt_exiting) return 0;",
    ...(probe.attach.kind === "iterator" ? [END_OF_ITERATION] : []),
    pid === undefined || !isOfAProcess(probe)
      ? ""
      : `if (bpf_get_current_pid_tgid() >> 32 != ${pid}) return 0;`,
    frameSetup(frame),
    out.text,
    line,
    "return 0;",
    "}",
  ].join("\n");
  return { text, frame };
}

/** The kernel calls once more when there is no object left, and then the second member is null. */
const END_OF_ITERATION = "if (!*(volatile u64 *)((u8 *)ctx + 8)) return 0;";

const OF_NO_PROCESS: ReadonlySet<TypedProbe["attach"]["kind"]> = new Set([
  ...(["begin", "end", "test", "bench", "signal", "interval", "iterator", "iter"] as const),
  ...(["uprobe", "uretprobe", "usdt", "watch"] as const),
]);

function tooMuchMemory({ span }: TypedProbe, main: SourceText, size: number): SourceError {
  const message = `this block's variables and one statement's values need ${size} bytes, ${LARGEST_FRAME} are there`;
  const hint =
    "Say how long texts may be, as in `str(p, 64)`, or lower `max_strlen`; or split the statement.";
  return new SourceError([
    { severity: "error", code: "SCRIPT", message, source: span.source ?? main, span, hint },
  ]);
}

/** Probes of user functions are attached to the process; our own and clocks are nobody's. */
function isOfAProcess({ attach: { kind } }: TypedProbe): boolean {
  return !OF_NO_PROCESS.has(kind);
}

function frameSetup(frame: ProgramFrame): string {
  const type = `struct frame_${frame.index}`;
  if (frame.onStack) return `${type} frame, *f = &frame;`;
  return `u32 frame_key = ${frame.index};\n${type} *f = bpf_map_lookup_elem(&bt_frames, &frame_key);\nif (!f) return 0;`;
}

function mapDefinition(map: TypedMap): string {
  const key = isScalar(map) ? 4 : sizeOfType(map.key ?? { kind: "none" });
  const value = sizeOfType(map.value) + (isScalar(map) ? FLAG_BYTES : 0);
  // Memory for all keys at once would take long to get when there may be many.
  const flags =
    (map.kind === "hash" || map.kind === "percpu-hash") && map.entries > 65_536 ? NO_PREALLOCATION : 0;
  return definition(map.table, MAP_TYPES[map.kind], key, Math.max(1, value), map.entries, flags);
}

function definition(
  name: string,
  type: number,
  key: number,
  value: number,
  entries: number,
  flags = 0,
): string {
  const extra = flags === 0 ? "" : ` __uint(map_flags, ${flags});`;
  return `struct { __uint(type, ${type}); __uint(key_size, ${key}); __uint(value_size, ${value}); __uint(max_entries, ${entries});${extra} } ${name} SEC(".maps");`;
}

function stackMap(depth: number): string {
  return definition(`bt_stacks_${depth}`, 7, 4, 8 * depth, STACKS);
}

function scratchMap(size: number, programs: number): string {
  return definition("bt_frames", MAP_TYPES["percpu-scalar"], 4, Math.ceil(size / 8) * 8, programs);
}

function ring(name: string, bytes: number): string {
  return `struct { __uint(type, 27); __uint(max_entries, ${bytes}); } ${name} SEC(".maps");`;
}

function describe(script: TypedScript, { settings, source }: LoweringOptions): ScriptDescription {
  return {
    probes: script.probes.map(({ program, name, attach }) => ({ program, name, attach })),
    maps: script.maps.map(describeMap),
    actions: script.actions.map((action) => describeAction(action, source)),
    settings: {
      printMapsOnExit: settings.printMapsOnExit,
      maxStrlen: settings.maxStrlen,
      maxCatBytes: settings.maxCatBytes,
      maxProbes: settings.maxProbes,
      truncationTrailer: settings.truncationTrailer,
      stackMode: settings.stackMode,
      missingProbes: settings.missingProbes,
      perfRingPages: settings.perfRingPages,
      cppDemangle: settings.cppDemangle,
      seriesClock: settings.seriesClock,
    },
  };
}

function describeMap(map: TypedMap): ScriptMapLayout {
  const { name, table, key, value, kind } = map;
  return {
    name,
    table,
    keys: key === undefined ? undefined : layoutOf(key),
    keyParts: key?.kind === "tuple" ? key.items.length : 1,
    value: layoutOf(value),
    perCpu: kind.startsWith("percpu"),
    flagged: isScalar(map),
  };
}

function describeAction(action: TypedAction, main: SourceText): ScriptAction {
  const { arguments: types, span, callers, ...rest } = action;
  const offsets = recordOffsets(types);
  return {
    ...rest,
    size: recordSize(types),
    arguments: types.map((type, i) => ({ offset: offsets[i] ?? 0, layout: layoutOf(type) })),
    place: placeOf(span, main),
    ...(callers && { callers: callers.map((caller) => placeOf(caller, main)) }),
  };
}

function placeOf(span: Span, main: SourceText): ActionPlace {
  const { source = main } = span;
  const start = source.position(span.start);
  const end = source.position(span.end);
  return {
    line: start.line,
    column: start.column,
    ...(source !== main && { file: source.name, text: source.line(start.line) }),
    endColumn: end.line === start.line ? end.column : start.column + 1,
  };
}
