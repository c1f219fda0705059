import { readFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { Btf } from "../btf/btf.ts";
import { reduceBtf } from "../btf/reduce-btf.ts";
import { BpfError } from "../errors.ts";
import { factsMissing } from "./facts-missing.ts";
import type { Architecture, KernelFacts } from "./kernel-facts.ts";
import { architectureOf } from "./kernel-identity.ts";
import { optionName } from "./parse-config.ts";

/** What of a kernel is to be recorded. */
export interface RecordedUse {
  /** Types that stay complete, with all they contain. */
  readonly btfTypes: Iterable<number>;
  /** With or without "CONFIG_". */
  readonly configs: Iterable<string>;
  /** "category:event". */
  readonly tracepoints: Iterable<string>;
  readonly symbols: Iterable<string>;
}

/** The file's content. null and false stand for what was looked for and is absent. */
interface Recording {
  readonly format: 1;
  readonly release: string;
  readonly versionCode: number;
  readonly architecture: string;
  readonly identity: string;
  readonly config: Readonly<Record<string, string | null>>;
  readonly tracepoints: Readonly<Record<string, string | null>>;
  readonly symbols: Readonly<Record<string, boolean>>;
  /** The reduced BTF, gzip, base64. */
  readonly btf: string;
}

const HINT = "Record the facts again, with this among what is recorded.";

/** Writes the part of a kernel's facts that a use needs as JSON, for machines where that kernel does not run. */
export function recordFacts(facts: KernelFacts, use: RecordedUse): string {
  const config = [...use.configs].map((option): [string, string | null] => {
    const name = optionName(option);
    return [name, facts.config(name) ?? null];
  });
  const tracepoints = [...use.tracepoints].map((name): [string, string | null] => {
    const [category = "", event = ""] = name.split(":");
    return [name, facts.tracepointFormat(category, event) ?? null];
  });
  const symbols = [...use.symbols].map((name): [string, boolean] => [name, facts.hasSymbol(name)]);
  const recording: Recording = {
    format: 1,
    release: facts.release,
    versionCode: facts.versionCode,
    architecture: facts.architecture,
    identity: facts.identity,
    config: Object.fromEntries(config),
    tracepoints: Object.fromEntries(tracepoints),
    symbols: Object.fromEntries(symbols),
    btf: gzipSync(reduceBtf(facts.btf, use.btfTypes), { level: 9 }).toString("base64"),
  };
  return `${JSON.stringify(recording, null, 2)}\n`;
}

/**
 * Facts from a recording: its text, or the path of its file. Gives undefined for what was recorded as absent
 * and throws BpfError "FACTS_MISSING" for what was not recorded.
 */
export function readRecordedFacts(textOrPath: string): KernelFacts {
  const text = textOrPath.trimStart().startsWith("{") ? textOrPath : readFileSync(textOrPath, "utf8");
  let recording: unknown;
  try {
    recording = JSON.parse(text);
  } catch (cause) {
    throw new BpfError("FACTS_FORMAT", "recorded facts are no JSON", { cause });
  }
  if (!isRecording(recording)) {
    throw new BpfError("FACTS_FORMAT", "recorded facts do not have the known format", {
      hint: "Record them again with this version.",
    });
  }
  return new RecordedFacts(recording);
}

function isRecording(value: unknown): value is Recording {
  if (typeof value !== "object" || value === null) return false;
  const { format, release, versionCode, architecture, identity, config, tracepoints, symbols, btf } =
    value as Partial<Record<keyof Recording, unknown>>;
  return (
    format === 1 &&
    typeof versionCode === "number" &&
    [release, architecture, identity, btf].every((field) => typeof field === "string") &&
    [config, tracepoints, symbols].every((field) => typeof field === "object" && field !== null)
  );
}

class RecordedFacts implements KernelFacts {
  readonly release: string;
  readonly versionCode: number;
  readonly architecture: Architecture;
  readonly identity: string;
  readonly #recording: Recording;
  #btf: Btf | undefined;

  constructor(recording: Recording) {
    this.#recording = recording;
    this.release = recording.release;
    this.versionCode = recording.versionCode;
    this.architecture = architectureOf(recording.architecture);
    this.identity = recording.identity;
  }

  get btf(): Btf {
    if (this.#btf !== undefined) return this.#btf;
    let bytes: Buffer;
    try {
      bytes = gunzipSync(Buffer.from(this.#recording.btf, "base64"));
    } catch (cause) {
      throw new BpfError("FACTS_FORMAT", "the types of recorded facts cannot be unpacked", { cause });
    }
    this.#btf = Btf.parse(bytes, { name: `recorded types of ${this.release}` });
    return this.#btf;
  }

  config(option: string): string | undefined {
    const name = optionName(option);
    return recorded(this.#recording.config, name, `the option CONFIG_${name}`) ?? undefined;
  }

  tracepointFormat(category: string, event: string): string | undefined {
    const name = `${category}:${event}`;
    return recorded(this.#recording.tracepoints, name, `the tracepoint ${name}`) ?? undefined;
  }

  tracepoints(category?: string): readonly string[] {
    const there = Object.entries(this.#recording.tracepoints).filter(([, text]) => text !== null);
    const names = there.map(([name]) => name.split(":") as [string, string]);
    if (category === undefined) return [...new Set(names.map(([of]) => of))].sort();
    return names
      .filter(([of]) => of === category)
      .map(([, event]) => event)
      .sort();
  }

  hasSymbol(name: string): boolean {
    return recorded(this.#recording.symbols, name, `the symbol ${name}`);
  }
}

function recorded<T>(table: Readonly<Record<string, T>>, name: string, what: string): T {
  if (!Object.hasOwn(table, name)) throw factsMissing(what, HINT);
  return table[name] as T;
}
