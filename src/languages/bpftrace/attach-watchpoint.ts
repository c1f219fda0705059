import { similarNames } from "../../source/similar-names.ts";
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
  if (address === undefined) return [argumentProbe(parts, provider, world, Number(bytes))];
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

/** Runs when the memory is touched that an argument of a function leads to, from when the function is called. */
function argumentProbe(
  parts: readonly string[],
  provider: Provider,
  world: AttachWorld,
  bytes: number,
): ProbeContext {
  const [target = "", , mode = ""] = parts;
  const [, symbol = "", argument = ""] = /^([\w.$@]+)\+arg(\d)$/.exec(target) ?? [];
  if (symbol === "") {
    throw new AttachPointError(
      `${provider} needs what is to be watched, and ${target} is no address and no argument of a function`,
      "For instance watchpoint:0x10000000:8:rw, or watchpoint:increment+arg1:4:w.",
    );
  }
  if (world.pid === undefined || world.program === undefined) {
    throw new AttachPointError(
      `${provider} at the argument of a function needs a process`,
      "Give -p PID or -c COMMAND.",
    );
  }
  const functions = world.userFunctions(world.program);
  if (functions !== undefined && !functions.includes(symbol)) {
    const similar = similarNames(symbol, functions, 1)[0];
    const hint = similar === undefined ? undefined : `Did you mean ${similar}?`;
    throw new AttachPointError(`${world.program} has no function ${symbol}.`, hint, "NO_MATCH");
  }
  return {
    provider,
    name: [provider, ...parts].join(":"),
    section: "perf_event",
    attach: { kind: "watch", bytes, mode: modeOf(mode, provider), stops: provider === "watchpoint" },
    watched: { symbol, binary: world.program, argument: Number(argument), pid: world.pid },
    space: "any",
  };
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
