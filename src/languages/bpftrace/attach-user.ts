import type { UserFunctionPoint } from "../../program/program.ts";
import { similarNames } from "../../source/similar-names.ts";
import { AttachPointError, type AttachWorld } from "./attach-world.ts";
import { GLOB, globToRegex, matching } from "./glob.ts";
import type { ContextField, ProbeContext, Provider } from "./probe-context.ts";

/** `program@file.c:12`, or with the column `program@file.c:12:3`. */
const SOURCE_LINE = /^(?<binary>[^@]+)@(?<file>[^@:]+):(?<line>\d+)(?::(?<column>\d+))?$/;

interface LinePlace {
  readonly binary: string;
  readonly file: string;
  readonly line: string;
  readonly column?: string;
}

export function userProbe(
  parts: string[],
  provider: Provider,
  world: AttachWorld,
  each: boolean,
): ProbeContext[] {
  const place = SOURCE_LINE.exec(parts.join(":"))?.groups;
  if (place !== undefined) return atLine(place as unknown as LinePlace, parts, provider, world);
  const target = parts.at(-1) ?? "";
  const binary =
    parts.length >= 3 && parts.at(-2) === "cpp" ? parts.slice(0, -2).join(":") : parts.slice(0, -1).join(":");
  if (binary === "" || target === "") {
    throw new AttachPointError(
      `${provider} probe type requires 2 or 3 arguments`,
      `For instance ${provider}:/bin/bash:readline.`,
    );
  }
  if (GLOB.test(target) && each) {
    const names = world.userFunctions(fileOf(binary));
    // Without the file it is the attaching that says so.
    if (names !== undefined) {
      return matching(target, names, `function of ${binary}`).map((name) =>
        oneProbe(binary, name, provider, world, each),
      );
    }
  }
  return [oneProbe(binary, target, provider, world, each)];
}

/** A program at each function that has code of the line. */
function atLine(
  { binary, file, line, column }: LinePlace,
  parts: readonly string[],
  provider: Provider,
  world: AttachWorld,
): ProbeContext[] {
  const point = parts.join(":");
  if (provider !== "uprobe")
    throw new AttachPointError(`${provider}: a line of source code has no return.`, `Try uprobe:${point}.`);
  const path = fileOf(binary);
  const found = world.sourceLine(path, file, Number(line), column === undefined ? undefined : Number(column));
  if (found === undefined) {
    const hint = "Compile it with -g, and without -gz; a stripped program knows no lines.";
    throw new AttachPointError(`uprobe: ${binary} has no debug information of lines.`, hint, "NO_MATCH");
  }
  if (found.addresses.length === 0) throw noCode(point, file, Number(line), found.lines);
  return found.addresses.map((address) => {
    const attach = { kind: "uprobe", binary: path, pid: world.pid, address } as const;
    return { provider, name: `uprobe:${point}`, section: "kprobe", attach, space: "user" };
  });
}

function noCode(point: string, file: string, line: number, lines: readonly number[]): AttachPointError {
  const before = lines.findLast((other) => other <= line);
  const after = lines.find((other) => other > line);
  const near = [before, after].filter((other) => other !== undefined);
  const hint =
    near.length === 0
      ? `No code of a file ${file} is in it.`
      : `Lines near it that have: ${near.join(", ")}.`;
  return new AttachPointError(`uprobe: there is no code at ${point}.`, hint, "NO_MATCH");
}

/** "libc" is the library that linkers know as "c". */
function fileOf(binary: string): string {
  return binary.replace(/^lib(?=\w+$)/, "");
}

function oneProbe(
  binary: string,
  target: string,
  provider: Provider,
  world: AttachWorld,
  each: boolean,
): ProbeContext {
  const file = fileOf(binary);
  const point: UserFunctionPoint = { binary: file, pid: world.pid, ...userTarget(target) };
  const kind = provider as "uprobe" | "uretprobe";
  const name = `${provider}:${binary}:${target}`;
  const { symbol } = point;
  let fields: readonly ContextField[] | undefined;
  if (symbol !== undefined) {
    world.types.addUser(() => world.userTypes(file, [symbol]));
    // Debug information can be large: it is read where it is asked for.
    if (each && provider === "uprobe" && point.offset === undefined)
      fields = functionArguments(file, symbol, world);
  }
  return { provider, name, section: "kprobe", attach: { kind, ...point }, arguments: fields, space: "user" };
}

/** Parameters, each where the calling convention puts it. */
function functionArguments(binary: string, symbol: string, world: AttachWorld): ContextField[] | undefined {
  const btf = world.userTypes(binary, [symbol]);
  const parameters = btf && world.types.userFunction(btf, symbol, world.facts.architecture);
  return parameters?.map((parameter) => ({ ...parameter, offset: 0 }));
}

function userTarget(target: string): Partial<UserFunctionPoint> {
  if (/^(?:0x[\da-fA-F]+|\d+)$/.test(target)) return { address: Number(target) };
  if (GLOB.test(target)) return { pattern: globToRegex(target) };
  const offset = /^(.+)\+(0x[\da-fA-F]+|\d+)$/.exec(target);
  return offset === null ? { symbol: target } : { symbol: offset[1] ?? "", offset: Number(offset[2]) };
}

/** A place of its own program each: the arguments may lie elsewhere at each. */
export function usdt(parts: string[], provider: Provider, world: AttachWorld): ProbeContext[] {
  if (parts.length < 2) {
    throw new AttachPointError(
      "usdt probe type requires 2 or 3 arguments",
      "For instance usdt:/usr/bin/node:gc__start.",
    );
  }
  const name = parts.at(-1) ?? "";
  const space = parts.length > 2 ? (parts.at(-2) ?? "") : "";
  const binary = parts.slice(0, parts.length > 2 ? -2 : -1).join(":");
  const known = world.usdtProbes(fileOf(binary));
  if (known === undefined)
    throw new AttachPointError(`usdt: there is no program or library ${binary}.`, undefined, "NO_MATCH");
  const matches = (glob: string, text: string) => new RegExp(`^${globToRegex(glob)}`).test(text);
  const found = known.filter(
    (probe) => matches(name, probe.name) && (space === "" || matches(space, probe.provider)),
  );
  if (found.length === 0) {
    const names = known.map((probe) => probe.name);
    const similar = similarNames(name, names, 1)[0];
    const hint = similar === undefined ? undefined : `Did you mean ${similar}?`;
    throw new AttachPointError(`No matches for usdt probe ${parts.join(":")}.`, hint, "NO_MATCH");
  }
  return found.flatMap((probe) =>
    probe.locations.map((location): ProbeContext => {
      const attach = { kind: "usdt", probe: { ...probe, locations: [location] }, pid: world.pid } as const;
      const full = `usdt:${binary}:${probe.provider}:${probe.name}`;
      return { provider, name: full, section: "kprobe", attach, places: location.arguments, space: "user" };
    }),
  );
}
