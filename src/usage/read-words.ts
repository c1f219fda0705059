import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { BpfError } from "../errors.ts";
import { type Declared, declarationsIn, type ValueKind } from "./declaration.ts";

type Value = boolean | number | number[] | string | string[] | undefined;

/**
 * The values that the words of a command line give to what a usage text declares. Throws BpfError "USAGE" for
 * words that the text does not allow.
 */
export function readWords(text: string, words: readonly string[]): Record<string, Value> {
  const declared = declarationsIn(text);
  const options = declared.filter(({ positional }) => !positional);
  const { values, positionals } = split(options, words);
  const places = declared.filter(({ positional }) => positional);
  if (positionals.length > places.length) {
    throw new BpfError("USAGE", `there is no place for ${positionals[places.length]}`);
  }
  const missing = places[positionals.length];
  // As in every usage line: what stands in brackets may be left out.
  if (missing !== undefined && !text.split("\n", 1)[0]?.includes(`[${missing.name}]`)) {
    throw new BpfError("USAGE", `${missing.name} is missing`);
  }
  return Object.fromEntries([
    ...options.map((each) => [camelCase(each.name), convert(each, values[each.name])]),
    ...places.map((each, i) => [camelCase(each.name), convert(each, positionals[i])]),
  ]);
}

function split(options: readonly Declared[], words: readonly string[]) {
  const config = options.map(({ name, short, kind }) => {
    const type = kind === "switch" ? ("boolean" as const) : ("string" as const);
    return [name, { type, multiple: kind === "texts", ...(short !== undefined && { short }) }] as const;
  });
  try {
    return parseArgs({ args: [...words], options: Object.fromEntries(config), allowPositionals: true });
  } catch (cause) {
    throw new BpfError("USAGE", (cause as Error).message.split(". ")[0] ?? "", { cause });
  }
}

function convert({ name, kind }: Declared, given: unknown): Value {
  if (given === undefined) return kind === "switch" ? false : undefined;
  return CONVERSIONS[kind](given as string, name);
}

const CONVERSIONS: Readonly<Record<ValueKind, (given: string, name: string) => Value>> = {
  switch: (given) => given === (true as unknown),
  number,
  numbers: (given, name) => given.split(",").map((part) => number(part, name)),
  text: (given) => given,
  texts: (given) => given,
  user: (given) => (/^\d+$/.test(given) ? Number(given) : userId(given)),
};

function number(given: string, name: string): number {
  if (/^(?:0x[\da-f]+|\d+(?:\.\d+)?)$/i.test(given)) return Number(given);
  throw new BpfError("USAGE", `${name} is a number, not ${given}`);
}

function userId(name: string): number {
  const fields = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const id = fields.find(([user]) => user === name)?.[2];
  if (id === undefined) throw new BpfError("USAGE", `/etc/passwd has no user ${name}`);
  return Number(id);
}

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
