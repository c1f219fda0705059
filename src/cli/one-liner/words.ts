import { UsageError } from "./usage-error.ts";

/** What the command line of a one-liner says. */
export interface OneLinerOptions {
  /** The texts of -e, in order. */
  readonly programs: readonly string[];
  /** A script; "-" is stdin. */
  readonly file?: string | undefined;
  /** What `$1`, `$2` … are, and what getopt() of the script reads. */
  readonly parameters: readonly string[];
  readonly named: readonly string[];
  readonly list: boolean;
  readonly info: boolean;
  readonly help: boolean;
  readonly version: boolean;
  readonly pid?: number | undefined;
  readonly command?: string | undefined;
  readonly output?: string | undefined;
  readonly format: "text" | "json";
  readonly buffering: "line" | "full" | "none" | undefined;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly helperErrors: number;
  /** Run tests, or measure, instead of tracing. */
  readonly mode?: "test" | "bench" | undefined;
  readonly unsafe: boolean;
  readonly warnings: boolean;
  readonly dryRun: boolean;
  /** Print the C that the script becomes, and end. */
  readonly showCode: boolean;
  readonly includeDirectories: readonly string[];
  /** Headers that are read before the script. */
  readonly includes: readonly string[];
  readonly probeFilter?: string | undefined;
  /** Features of the kernel that are not to be used. */
  readonly noFeatures: readonly string[];
}

/** Long spellings by what they mean; those without a value. */
const LONG_FLAGS: Readonly<Record<string, string>> = {
  help: "h",
  info: "info",
  version: "V",
  test: "test",
  bench: "bench",
  unsafe: "unsafe",
  "no-warnings": "no-warnings",
  "dry-run": "dry-run",
  // For those who test tools of this language: there is nothing of LLVM's in ours to be verified.
  "verify-llvm-ir": "ignored",
  // The kernel counts the tracers of USDT probes itself, in whatever processes there are.
  "usdt-file-activation": "ignored",
};

const LONG_VALUES: Readonly<Record<string, string>> = {
  include: "include",
  output: "o",
  "probe-filter": "probe-filter",
  "no-feature": "no-feature",
};

/** What can be switched off; of these ours uses kprobe.multi alone. */
const FEATURES: ReadonlySet<string> = new Set(["kprobe_multi", "kprobe_session", "uprobe_multi"]);

const SHORT_FLAGS = "hVlqvk";
const SHORT_VALUES = "epcofBdI";

type Found = { readonly name: string; readonly value: string };

/** Reads the words. Options may stand anywhere before "--"; after it come the script's own. */
export function readWords(words: readonly string[]): OneLinerOptions {
  const { found, plain, own } = split(words);
  const all = (name: string) => found.filter((each) => each.name === name).map(({ value }) => value);
  const last = (name: string) => all(name).at(-1);
  const has = (name: string) => found.some((each) => each.name === name);
  const programs = all("e");
  const hasFile = programs.length === 0 || has("l");
  const pid = last("p");
  return {
    programs,
    file: hasFile ? plain[0] : undefined,
    parameters: [...(hasFile ? plain.slice(1) : plain), ...own.filter((word) => !word.startsWith("--"))],
    named: own.filter((word) => word.startsWith("--")),
    list: has("l"),
    info: has("info"),
    help: has("h"),
    version: has("V"),
    pid: pid === undefined ? undefined : readPid(pid),
    command: last("c"),
    output: last("o"),
    format: oneOf("-f", last("f") ?? "text", ["text", "json"] as const),
    buffering: has("B") ? oneOf("-B", last("B") ?? "", ["line", "full", "none"] as const) : undefined,
    quiet: has("q"),
    verbose: has("v"),
    helperErrors: all("k").length,
    mode: readMode(has("test"), has("bench")),
    unsafe: has("unsafe"),
    warnings: !has("no-warnings"),
    dryRun: has("dry-run"),
    showCode: all("d").map((stage) => oneOf("-d", stage, ["c"] as const)).length > 0,
    includeDirectories: all("I"),
    includes: all("include"),
    noFeatures: readFeatures(all("no-feature")),
    probeFilter: readFilter(last("probe-filter")),
  };
}

function split(words: readonly string[]): { found: Found[]; plain: string[]; own: string[] } {
  const found: Found[] = [];
  const plain: string[] = [];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") return { found, plain, own: rest };
    if (word.startsWith("--")) found.push(longOption(word.slice(2), rest));
    else if (word.startsWith("-") && word !== "-") found.push(...shortOptions(word, rest));
    else plain.push(word);
  }
  return { found, plain, own: [] };
}

function longOption(text: string, rest: string[]): Found {
  const [name = "", ...values] = text.split("=");
  const flag = LONG_FLAGS[name];
  if (flag !== undefined) return { name: flag, value: "" };
  const option = LONG_VALUES[name];
  if (option === undefined) throw new UsageError(`unrecognized option '--${name}'`);
  const value = values.length > 0 ? values.join("=") : rest.shift();
  if (value === undefined) throw new UsageError(`option '--${name}' requires an argument`);
  return { name: option, value };
}

/** "-lv" is -l and -v; "-p12" is -p with 12. */
function shortOptions(word: string, rest: string[]): Found[] {
  const found: Found[] = [];
  for (let at = 1; at < word.length; at++) {
    const name = word[at] ?? "";
    if (SHORT_FLAGS.includes(name)) {
      found.push({ name, value: "" });
      continue;
    }
    if (!SHORT_VALUES.includes(name)) throw new UsageError(`invalid option -- '${name}'`);
    const value = at + 1 < word.length ? word.slice(at + 1) : rest.shift();
    if (value === undefined) throw new UsageError(`option requires an argument -- '${name}'`);
    return [...found, { name, value }];
  }
  return found;
}

function readMode(test: boolean, bench: boolean): OneLinerOptions["mode"] {
  if (test && bench) throw new UsageError("--test and --bench cannot be used at once");
  return test ? "test" : bench ? "bench" : undefined;
}

const MOST_PID = 4_194_304;

function readPid(text: string): number {
  const digits = /^(0[xX][\da-fA-F]+|\d+)/.exec(text)?.[0];
  if (digits === undefined) throw new UsageError(`Failed to parse pid: invalid integer: ${text}`);
  if (digits.length < text.length)
    throw new UsageError(`Failed to parse pid: invalid trailing bytes: ${text}`);
  const pid = Number(digits);
  if (pid < 1 || pid > MOST_PID) {
    throw new UsageError(`Failed to parse pid: pid ${text} out of valid pid range [1,${MOST_PID}]`);
  }
  return pid;
}

function readFilter(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    new RegExp(text);
    return text;
  } catch (cause) {
    throw new UsageError(`Invalid --probe-filter regex: ${(cause as Error).message}`);
  }
}

function readFeatures(lists: readonly string[]): string[] {
  const names = lists.flatMap((list) => list.split(","));
  const unknown = names.find((name) => !FEATURES.has(name));
  if (unknown === undefined) return names;
  throw new UsageError(`--no-feature knows ${[...FEATURES].join(", ")}, not ${unknown}`);
}

function oneOf<T extends string>(option: string, text: string, known: readonly T[]): T {
  const found = known.find((each) => each === text);
  if (found === undefined) throw new UsageError(`${option} knows ${known.join(", ")}, not ${text}`);
  return found;
}
