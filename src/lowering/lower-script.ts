import { readFileSync } from "node:fs";
import { packageFile } from "../package-root.ts";
import { FLAG_BYTES } from "../program/scalar-map.ts";
import type { ScriptDescription } from "../program/script.ts";
import type { TypedAction, TypedScript } from "../program/tir.ts";
import { sizeOfType } from "../program/type-layout.ts";
import type { Type } from "../program/types.ts";
import { mapDefinition, ring, scratchMap, stackMap } from "./define-maps.ts";
import { describeScript } from "./describe-script.ts";
import { lowerProbe } from "./lower-probe.ts";
import type { LoweringContext } from "./lowering-context.ts";
import type { LoweringOptions } from "./lowering-options.ts";

/** A script as C for clang, and what user space must know to run it. */
export interface LoweredScript {
  readonly code: string;
  readonly description: ScriptDescription;
}

const CONTROL_BYTES = 65_536;
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
  return { code, description: describeScript({ ...script, actions }, options) };
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
