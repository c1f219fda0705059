import { AttachPointError, type AttachWorld } from "./attach-world.ts";
import type { ProbeContext, Provider } from "./probe-context.ts";
import { numberOf } from "./read-number.ts";

const BREAKPOINT = 5;
const LENGTHS: ReadonlySet<bigint> = new Set([1n, 2n, 4n, 8n]);
const MODES: Readonly<Record<string, number>> = { r: 1, w: 2, x: 4 };

/** Runs when memory is read (r), written (w) or executed (x): of the process that is traced, else the kernel's. */
export function watchpoint(parts: string[], provider: Provider, world: AttachWorld): ProbeContext[] {
  const [target = "", length = "", mode = ""] = parts;
  if (parts.length !== 3) {
    throw new AttachPointError(
      `${provider} probe type requires 3 arguments`,
      "For instance watchpoint:0x10000000:8:rw.",
    );
  }
  const bytes = numberOf(length);
  if (bytes === undefined || !LENGTHS.has(bytes)) {
    throw new AttachPointError(`Invalid length of ${provider}: ${length}`, "It is 1, 2, 4 or 8.");
  }
  const address = numberOf(target);
  if (address === undefined) {
    throw new AttachPointError(
      `${provider} needs the address of what is to be watched, not ${target}`,
      "The argument of a function cannot be watched yet.",
      "UNSUPPORTED_PROBE",
    );
  }
  if (address % bytes !== 0n) {
    throw new AttachPointError(`${provider}: the address is to be a multiple of the length, ${bytes}`);
  }
  const point = {
    type: BREAKPOINT,
    config: 0,
    samplePeriod: 1,
    attributes: {
      breakpointType: modeOf(mode, provider),
      config1: address,
      config2: bytes,
      ...(world.pid !== undefined && { inherit: true }),
    },
  };
  const attach = {
    kind: "perf-event",
    ...point,
    ...(world.pid !== undefined && { pid: world.pid }),
  } as const;
  const name = [provider, ...parts].join(":");
  return [{ provider, name, section: "perf_event", attach, space: "any" }];
}

function modeOf(mode: string, provider: Provider): number {
  const letters = [...mode];
  const known = letters.every((letter) => MODES[letter] !== undefined);
  if (letters.length === 0 || !known || new Set(letters).size < letters.length) {
    throw new AttachPointError(
      `Invalid mode of ${provider}: ${mode}`,
      "It is made of r, w and x, each at most once.",
    );
  }
  const bits = letters.reduce((sum, letter) => sum | (MODES[letter] ?? 0), 0);
  if (bits > 4) throw new AttachPointError(`${provider}: what is executed cannot be read or written at once`);
  return bits;
}
