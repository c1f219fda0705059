import { similarNames } from "../../source/similar-names.ts";
import { AttachPointError } from "./attach-world.ts";
import { parseInteger } from "./literals.ts";
import type { ProbeContext, Provider } from "./probe-context.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1e9, ms: 1e6, us: 1e3 };

const SOFTWARE = 1;

/** Names of perf events: their number and after how many a sample is taken. */
const EVENTS: Readonly<Record<"software" | "hardware", Readonly<Record<string, readonly [number, number]>>>> =
  {
    software: {
      "cpu-clock": [0, 1_000_000],
      cpu: [0, 1_000_000],
      "task-clock": [1, 1_000_000],
      "page-faults": [2, 100],
      faults: [2, 100],
      "context-switches": [3, 1000],
      cs: [3, 1000],
      "cpu-migrations": [4, 1],
      "minor-faults": [5, 100],
      "major-faults": [6, 1],
      "alignment-faults": [7, 1],
      "emulation-faults": [8, 1],
      dummy: [9, 1],
      "bpf-output": [10, 1],
    },
    hardware: {
      "cpu-cycles": [0, 1_000_000],
      cycles: [0, 1_000_000],
      instructions: [1, 1_000_000],
      "cache-references": [2, 1_000_000],
      "cache-misses": [3, 1_000_000],
      "branch-instructions": [4, 100_000],
      branches: [4, 100_000],
      "branch-misses": [5, 100_000],
      "bus-cycles": [6, 100_000],
      "frontend-stalls": [7, 1_000_000],
      "backend-stalls": [8, 1_000_000],
      "ref-cycles": [9, 1_000_000],
    },
  };

function unknownUnit(unit: string, provider: Provider): AttachPointError {
  const message = `${unit} is not an accepted unit of ${provider} probes`;
  return new AttachPointError(message, "Accepted units: s, ms, us, hz.");
}

/** "s:1", "hz:99", "100ms" as a period in nanoseconds or a frequency. */
function rate(parts: string[], provider: Provider): { periodNs?: number; hz?: number } {
  if (parts.length < 1 || parts.length > 2 || parts[0] === "") {
    throw new AttachPointError(
      `${provider} probe type requires 1 or 2 arguments`,
      `For instance ${provider}:s:1.`,
    );
  }
  const alone = parts.length === 1;
  const [, digits, ending = ""] = /^([\d_]+)([a-z]+)$/.exec(parts[0] ?? "") ?? [];
  // Without a unit, or with one behind the number, it is a duration: 1000000, 1e6, 10ms.
  const [unit = "", text = ""] = !alone ? parts : ending === "hz" ? [ending, digits] : ["", parts[0]];
  const literal = parseInteger(text);
  const number = Number(literal?.value ?? Number.NaN);
  if (!Number.isSafeInteger(number)) {
    const known = /^\d+[a-z]+$/.test(text);
    throw known
      ? unknownUnit(text.replace(/\d+/, ""), provider)
      : new AttachPointError(`Invalid rate of ${provider} probe: ${text}`);
  }
  if (number === 0) throw new AttachPointError(`${provider}: the rate must be larger than 0`);
  if (unit === "hz") return { hz: number };
  if (alone) return { periodNs: number };
  const factor = UNITS[unit];
  if (factor === undefined) throw unknownUnit(unit, provider);
  return { periodNs: number * factor };
}

export function interval(parts: string[], provider: Provider): ProbeContext[] {
  const { periodNs, hz } = rate(parts, provider);
  const attach = { kind: "interval", periodNs: periodNs ?? Math.round(1e9 / (hz ?? 1)) } as const;
  return [{ provider, name: [provider, ...parts].join(":"), section: "perf_event", attach, space: "any" }];
}

export function profile(parts: string[], provider: Provider): ProbeContext[] {
  const { periodNs, hz } = rate(parts, provider);
  const often = hz === undefined ? { samplePeriod: periodNs } : { sampleFreq: hz };
  const attach = { kind: "perf-event", type: SOFTWARE, config: 0, ...often } as const;
  return [{ provider, name: [provider, ...parts].join(":"), section: "perf_event", attach, space: "any" }];
}

export function perfEvent(parts: string[], provider: Provider): ProbeContext[] {
  const [event = "", count = ""] = parts;
  const events = EVENTS[provider as "software" | "hardware"];
  const known = events[event];
  if (known === undefined || parts.length > 2) {
    const similar = similarNames(event, Object.keys(events), 1)[0];
    const hint =
      similar === undefined ? `There are ${Object.keys(events).join(", ")}.` : `Did you mean ${similar}?`;
    throw new AttachPointError(`Unknown ${provider} probe: ${event}`, hint);
  }
  const samplePeriod = count === "" ? known[1] : Number(parseInteger(count)?.value ?? Number.NaN);
  if (!Number.isSafeInteger(samplePeriod) || samplePeriod < 0)
    throw new AttachPointError(`Invalid count for ${provider} probe: ${count}`);
  const type = provider === "software" ? SOFTWARE : 0;
  const attach = {
    kind: "perf-event",
    type,
    config: known[0],
    samplePeriod: samplePeriod || known[1],
  } as const;
  return [{ provider, name: [provider, ...parts].join(":"), section: "perf_event", attach, space: "any" }];
}
