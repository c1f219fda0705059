import { similarNames } from "../../source/similar-names.ts";
import type { AttachText } from "./ast.ts";
import { kernelProbe, trampoline } from "./attach-kernel.ts";
import { iterator, plain, selfProbe, trial } from "./attach-own.ts";
import { interval, perfEvent, profile } from "./attach-timed.ts";
import { rawTracepoint, tracepoint } from "./attach-tracepoint.ts";
import { usdt, userProbe } from "./attach-user.ts";
import { watchpoint } from "./attach-watchpoint.ts";
import { AttachPointError, type AttachWorld, type Resolver } from "./attach-world.ts";
import { PROVIDERS, type ProbeContext, type Provider } from "./probe-context.ts";

/**
 * The programs that an attach point means: one, or one for each match of a pattern when the body asks for what
 * differs among them (`each`).
 */
export function resolveAttachPoint({ text }: AttachText, world: AttachWorld, each: boolean): ProbeContext[] {
  const [word = "", ...rest] = splitPoint(text);
  const provider = PROVIDERS[word];
  if (provider === undefined) {
    const similar = similarNames(word, Object.keys(PROVIDERS), 1)[0];
    const hint = similar === undefined ? undefined : `Did you mean ${similar}?`;
    throw new AttachPointError(`Invalid probe type: ${word}`, hint);
  }
  if (world.mode !== undefined && !RUN_WITH_TRIALS.has(provider)) return [];
  return RESOLVERS[provider](rest, provider, world, each);
}

const RUN_WITH_TRIALS: ReadonlySet<Provider> = new Set(["begin", "end", "test", "bench"]);

/** At colons, but a colon inside of brackets or doubled is a name's. */
function splitPoint(text: string): string[] {
  return text.split(/(?<!:):(?!:)/);
}

const RESOLVERS: Readonly<Record<Provider, Resolver>> = {
  begin: plain,
  end: plain,
  kprobe: kernelProbe,
  kretprobe: kernelProbe,
  fentry: trampoline,
  fexit: trampoline,
  tracepoint,
  rawtracepoint: rawTracepoint,
  uprobe: userProbe,
  uretprobe: userProbe,
  interval,
  profile,
  software: perfEvent,
  hardware: perfEvent,
  self: selfProbe,
  usdt,
  iter: iterator,
  watchpoint,
  asyncwatchpoint: watchpoint,
  test: trial,
  bench: trial,
};
