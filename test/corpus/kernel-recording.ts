import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { factsFromKernelDirectory } from "../../src/facts/kernel-directory-facts.ts";
import type { KernelFacts } from "../../src/facts/kernel-facts.ts";
import { liveFacts } from "../../src/kernel/live-facts.ts";
import { CORPUS_DIRECTORY, guestModules, ROOT } from "./places.ts";

/** What only a running kernel tells. */
export interface KernelRecording {
  readonly release: string;
  /** Texts of format files by "category:event". */
  readonly formats: Readonly<Record<string, string>>;
  /** All symbols, in any order. */
  readonly symbols: readonly string[];
  /** Those of functions. */
  readonly functions: readonly string[];
}

/** A kernel that texts are compiled for. */
export interface CorpusKernel {
  /** "6.1" */
  readonly name: string;
  readonly facts: KernelFacts;
  readonly recording: KernelRecording;
  readonly isGuest: boolean;
}

const CHILD = join(ROOT, "dist", "test", "corpus", "record-kernel-child.js");

/** A guest kernel, or the one that runs here. A guest is booted when nothing was recorded of it. */
export function corpusKernel(name: string): CorpusKernel {
  const directory = join(ROOT, "vendor", "kernels", name);
  const isGuest = existsSync(directory);
  const live = isGuest ? undefined : liveFacts();
  if (live !== undefined && !live.release.startsWith(`${name}.`)) {
    throw new Error(`this machine has ${live.release}, and vendor/kernels has no ${name}`);
  }
  const recording = recordingOf(name, isGuest);
  const facts = live ?? withRecording(factsFromKernelDirectory(directory), recording);
  return { name, facts, recording, isGuest };
}

function recordingOf(name: string, isGuest: boolean): KernelRecording {
  const path = join(CORPUS_DIRECTORY, `kernel-${name}.json`);
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true });
    const guest = [
      join(ROOT, "dist", "lib", "bin.cjs"),
      "vm",
      "run",
      "--kernel",
      name,
      "--timeout",
      "240",
      "--",
    ];
    const command = [
      ...(isGuest ? [...guest, process.execPath, CHILD, path, guestModules(name)] : [CHILD, path]),
    ];
    console.log(`recording kernel ${name}`);
    execFileSync(process.execPath, command, { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] });
  }
  return JSON.parse(readFileSync(path, "utf8")) as KernelRecording;
}

function withRecording(facts: KernelFacts, recording: KernelRecording): KernelFacts {
  const symbols = new Set(recording.symbols);
  const names = Object.keys(recording.formats).map((name) => name.split(":") as [string, string]);
  return Object.create(facts, {
    release: { value: facts.release },
    versionCode: { value: facts.versionCode },
    architecture: { value: facts.architecture },
    identity: { value: facts.identity },
    btf: { get: () => facts.btf },
    config: { value: (option: string) => facts.config(option) },
    hasSymbol: { value: (name: string) => symbols.has(name) },
    tracepointFormat: {
      value: (category: string, event: string) => recording.formats[`${category}:${event}`],
    },
    tracepoints: {
      value: (category?: string) =>
        category === undefined
          ? [...new Set(names.map(([of]) => of))]
          : names.filter(([of]) => of === category).map(([, event]) => event),
    },
  }) as KernelFacts;
}
