import type { TypedProbe, TypedScript } from "../program/tir.ts";
import { SourceError } from "../source/source-error.ts";
import type { SourceText, Span } from "../source/source-text.ts";
import { CWriter } from "./c-writer.ts";
import { LowerSteps } from "./lower-step.ts";
import type { LoweringContext } from "./lowering-context.ts";
import type { LoweringOptions } from "./lowering-options.ts";
import { ProgramFrame } from "./program-frame.ts";

/** What a value of a per-CPU map may have. */
const LARGEST_FRAME = 32_768;

/** A probe's predicate and block as a program. */
export function lowerProbe(
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
