import { createHash } from "node:crypto";
import type { BtfKind } from "./btf/btf-type.ts";
import type { ModuleFacts } from "./facts/module-facts.ts";
import type { ScriptBuildOptions } from "./script-build-options.ts";

/** What a compilation asked the machine, beside the kernel's own types: the question, its words, the answer's digest. */
export type Answer = readonly [question: keyof typeof QUESTIONS, words: readonly string[], digest: string];

type Asked = Pick<ScriptBuildOptions, "facts" | "world">;

/** All that can be another on the same kernel: modules come and go, files change, addresses are random. */
const QUESTIONS = {
  format: ({ facts }: Asked, category = "", event = "") => facts.tracepointFormat(category, event),
  tracepoints: ({ facts }: Asked, category?: string) => facts.tracepoints(category),
  config: ({ facts }: Asked, option = "") => facts.config(option),
  module: ({ facts }: Asked, name = "") => facts.modules?.identityOf(name),
  having: ({ facts }: Asked, kinds = "", name = "") =>
    facts.modules?.having(kinds.split(" ") as BtfKind[], name)?.identity,
  symbol: ({ facts }: Asked, name = "") => facts.hasSymbol(name),
  functions: ({ world }: Asked) => world.kernelFunctions(),
  address: ({ world }: Asked, symbol = "") => world.kernelAddress(symbol),
  cgroup: ({ world }: Asked, path = "") => world.cgroupId(path),
  imported: ({ world }: Asked, path = "", from = "") => world.imported(path, from),
  header: ({ world }: Asked, path = "", from?: string) => world.header(path, from),
  binary: ({ world }: Asked, binary = "") => world.binaryIdentity(binary),
  usdt: ({ world }: Asked, binary = "") => world.usdtProbes(binary),
} as const;

/** The same options, and what is asked through them. */
export function noteAnswers<Options extends Asked>(
  options: Options,
): { options: Options; answers: Answer[] } {
  const answers: Answer[] = [];
  const note =
    <Q extends keyof typeof QUESTIONS>(question: Q) =>
    (...words: string[]): ReturnType<(typeof QUESTIONS)[Q]> => {
      const answer = ask(options, question, words);
      if (!answers.some(([asked, given]) => asked === question && given.join("\0") === words.join("\0"))) {
        answers.push([question, words, digest(answer)]);
      }
      return answer as ReturnType<(typeof QUESTIONS)[Q]>;
    };
  const { facts, world } = options;
  const noted = {
    facts: {
      release: facts.release,
      versionCode: facts.versionCode,
      architecture: facts.architecture,
      identity: facts.identity,
      // Read when a script needs it.
      get btf() {
        return facts.btf;
      },
      tracepointFormat: note("format"),
      tracepoints: (category?: string) => note("tracepoints")(...(category === undefined ? [] : [category])),
      modules: facts.modules && {
        ...unnotedModules(facts.modules),
        named: (name: string) => {
          note("module")(name);
          return facts.modules?.named(name);
        },
        having: (kinds: readonly BtfKind[], name: string) => {
          note("having")(kinds.join(" "), name);
          return facts.modules?.having(kinds, name);
        },
      },
      config: note("config"),
      hasSymbol: note("symbol"),
    },
    world: {
      ...world,
      kernelFunctions: note("functions"),
      kernelAddress: note("address"),
      cgroupId: note("cgroup"),
      usdtProbes: note("usdt"),
      userSymbol: (binary: string, name: string) => {
        note("binary")(binary);
        return options.world.userSymbol(binary, name);
      },
      sourceLine: (binary: string, file: string, line: number, column?: number) => {
        note("binary")(binary);
        return options.world.sourceLine(binary, file, line, column);
      },
      userFunctions: (binary: string) => {
        note("binary")(binary);
        return options.world.userFunctions(binary);
      },
      userTypes: (binary: string, functions: readonly string[]) => {
        note("binary")(binary);
        return options.world.userTypes(binary, functions);
      },
      imported: note("imported"),
      header: (path: string, from: string | undefined) =>
        note("header")(...(from === undefined ? [path] : [path, from])),
    },
  };
  return { options: { ...options, ...noted }, answers };
}

/** What scripts do not ask. */
function unnotedModules(modules: ModuleFacts): Pick<ModuleFacts, "names" | "typesOf" | "identityOf"> {
  return {
    names: () => modules.names(),
    typesOf: (tags) => modules.typesOf(tags),
    identityOf: (module) => modules.identityOf(module),
  };
}

/** True when the machine answers today as it did then. */
export function sameAnswers(options: Asked, answers: readonly Answer[]): boolean {
  return answers.every(([question, words, expected]) => digest(ask(options, question, words)) === expected);
}

function ask(asked: Asked, question: keyof typeof QUESTIONS, words: readonly string[]): unknown {
  const answer = (QUESTIONS[question] as (asked: Asked, ...words: readonly string[]) => unknown)(
    asked,
    ...words,
  );
  // This one may be read once only.
  return question === "functions" ? [...(answer as Iterable<string>)] : answer;
}

function digest(answer: unknown): string {
  const text = JSON.stringify(answer, (_, value) => (typeof value === "bigint" ? `${value}n` : value));
  return createHash("sha256")
    .update(text ?? "")
    .digest("base64");
}
