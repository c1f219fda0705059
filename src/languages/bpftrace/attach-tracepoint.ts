import { similarNames } from "../../source/similar-names.ts";
import { AttachPointError, type AttachWorld } from "./attach-world.ts";
import { GLOB, globToRegex, matching } from "./glob.ts";
import type { ContextField, ProbeContext, Provider } from "./probe-context.ts";
import { tracepointFields } from "./tracepoint-fields.ts";

export function tracepoint(
  parts: string[],
  provider: Provider,
  world: AttachWorld,
  each: boolean,
): ProbeContext[] {
  const [category = "", event = ""] = parts;
  if (parts.length !== 2 || category === "" || event === "") {
    throw new AttachPointError(
      "tracepoint probe type requires 2 arguments",
      "For instance tracepoint:sched:sched_switch.",
    );
  }
  const names = GLOB.test(category + event)
    ? matchingEvents(category, event, world)
    : [`${category}:${event}`];
  if (names.length > 1 && !each) {
    const attach = { kind: "tracepoint-multi", pattern: globToRegex(`${category}:${event}`) } as const;
    return [
      { provider, name: `tracepoint:${category}:${event}`, section: "tracepoint", attach, space: "any" },
    ];
  }
  return names.map((name) => oneTracepoint(name, world));
}

function oneTracepoint(name: string, world: AttachWorld): ProbeContext {
  const [category = "", event = ""] = name.split(":");
  const format = world.facts.tracepointFormat(category, event);
  if (format === undefined) throw unknownTracepoint(category, event, world);
  // The arguments of system calls lead to user space.
  const space = category === "syscalls" ? "user" : "kernel";
  let fields: readonly ContextField[] | undefined;
  return {
    provider: "tracepoint",
    name: `tracepoint:${name}`,
    section: "tracepoint",
    attach: { kind: "tracepoint", category, event },
    // The types of a pattern's thousands of tracepoints are looked for when one of them is asked for.
    get arguments() {
      fields ??= tracepointFields(format, world.types, space);
      return fields;
    },
    space,
  };
}

function matchingEvents(category: string, event: string, world: AttachWorld): string[] {
  const categories = GLOB.test(category)
    ? matching(category, world.facts.tracepoints(), "tracepoint category")
    : [category];
  const names = categories.flatMap((one) => world.facts.tracepoints(one).map((name) => `${one}:${name}`));
  return matching(`*:${event}`, names, "tracepoint");
}

function unknownTracepoint(category: string, event: string, world: AttachWorld): AttachPointError {
  const events = world.facts.tracepoints(category);
  const similar =
    events.length === 0
      ? similarNames(category, world.facts.tracepoints(), 1)[0]
      : similarNames(event, events, 1).map((name) => `${category}:${name}`)[0];
  const hint = similar === undefined ? undefined : `Did you mean ${similar}?`;
  return new AttachPointError(`No matches for tracepoint ${category}:${event}.`, hint, "NO_TRACEPOINT");
}

export function rawTracepoint(parts: string[], provider: Provider, world: AttachWorld): ProbeContext[] {
  const event = parts.at(-1) ?? "";
  if (event === "" || parts.length > 2)
    throw new AttachPointError("rawtracepoint probe type requires 1 or 2 arguments");
  const module = parts.length === 2 ? moduleOf(parts[0] ?? "") : undefined;
  const whole = parts.join(":");
  if (module !== undefined && module !== "vmlinux" && !world.types.addModule(module)) {
    const hint =
      "The module is not loaded, or has no BTF; raw tracepoints of the kernel itself are in vmlinux.";
    throw new AttachPointError(`No matches for rawtracepoint ${whole}.`, hint, "NO_TRACEPOINT");
  }
  const events = () => world.types.rawTracepoints(module);
  const names = GLOB.test(event) ? matching(event, events(), "raw tracepoint") : [event];
  return names.map((name): ProbeContext => {
    const found = world.types.rawTracepoint(name, module);
    if (found === undefined) {
      const similar = similarNames(name, events(), 1)[0];
      const hint = similar === undefined ? undefined : `Did you mean ${similar}?`;
      throw new AttachPointError(`No matches for rawtracepoint ${whole}.`, hint, "NO_TRACEPOINT");
    }
    return {
      provider,
      name: `rawtracepoint:${parts.length === 2 ? `${parts[0]}:` : ""}${name}`,
      section: "raw_tp",
      attach: { kind: "raw-tracepoint", event: name },
      arguments: found.parameters.map((parameter, i) => ({ ...parameter, offset: 8 * i })),
      space: "kernel",
    };
  });
}

/** A pattern that the kernel itself matches means the kernel. */
function moduleOf(name: string): string {
  return new RegExp(`^${globToRegex(name)}`).test("vmlinux") ? "vmlinux" : name;
}
