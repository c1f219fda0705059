import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { BpfError } from "../../src/errors.ts";
import { packageFile } from "../../src/package-root.ts";
import { mayRunBesideOthers, needsNamespace, runInNamespace } from "./alone.ts";
import { type ConformanceCase, readCases } from "./conformance-case.ts";
import { forOlderRelease } from "./older-release.ts";
import { caseLine, makeReport, type Report, summary } from "./report.ts";
import type { RunnerOptions } from "./run.ts";
import { type CaseResult, type RunSetting, runCase } from "./run-case.ts";
import { skipReason } from "./skip-reason.ts";
import { buildTestPrograms } from "./test-programs.ts";
import { type Features, toolFeatures } from "./tool-features.ts";

/** Runs the chosen cases of a file and tells each as it ends. */
export async function main(
  file: string,
  options: RunnerOptions,
  say: (text: string) => void,
): Promise<Report> {
  const cases = chosen(readCases(file), options);
  const temporary = mkdtempSync(join(tmpdir(), "bcc-ts-conformance-"));
  try {
    const directory = options.testprogs === undefined ? temporary : resolve(options.testprogs);
    mkdirSync(directory, { recursive: true });
    buildTestPrograms(directory);
    const tool = join(temporary, "bin", "bpftrace");
    mkdirSync(join(temporary, "bin"));
    symlinkSync(toolPath(options.against), tool);
    const setting: RunSetting = {
      tool,
      directory,
      ...(options.adapt === "0.17" && { adapt: forOlderRelease }),
      ownFlags: options.adapt === undefined ? ["--verify-llvm-ir"] : [],
      attachLimitMs: Number(options.attachTimeout) * 1000,
    };
    const inner = [file, ...passedOn(options), "--testprogs", directory];
    const results = await runAll(cases, Number(options.jobs), setting, toolFeatures(tool), inner, say);
    const report = makeReport(results);
    say(summary(report));
    return report;
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

function chosen(cases: readonly ConformanceCase[], { filter, tier, only }: RunnerOptions): ConformanceCase[] {
  const wanted = filter === undefined ? undefined : new RegExp(filter);
  const tiers = tier?.split(",").map(Number);
  return cases.filter(
    (one) =>
      (wanted?.test(`${one.suite}.${one.name}`) ?? true) &&
      (tiers?.includes(one.tier) ?? true) &&
      (only === undefined || only === `${one.suite}.${one.name}`),
  );
}

async function runAll(
  cases: readonly ConformanceCase[],
  jobs: number,
  setting: RunSetting,
  features: Features,
  innerWords: readonly string[],
  say: (text: string) => void,
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  const runOne = async (one: ConformanceCase) => {
    const reason = skipReason(one, features, setting.directory);
    const { suite, name, tier } = one;
    const result: CaseResult =
      reason !== undefined
        ? { suite, name, tier, outcome: "skipped", reason, seconds: 0 }
        : needsNamespace(one)
          ? await runInNamespace(one, innerWords)
          : await runCase(one, setting);
    results.push(result);
    say(caseLine(result));
  };
  const together = cases.filter(mayRunBesideOthers);
  const worker = async () => {
    for (let one = together.shift(); one !== undefined; one = together.shift()) await runOne(one);
  };
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, worker));
  for (const one of cases.filter((each) => !mayRunBesideOthers(each))) await runOne(one);
  return results;
}

function toolPath(against: string | undefined): string {
  if (against === undefined) return packageFile("dist", "lib", "bin.cjs");
  const places = against.includes("/")
    ? [resolve(against)]
    : (process.env.PATH ?? "").split(":").map((place) => join(place, against));
  const found = places.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false; // The next place may have it.
    }
  });
  if (found === undefined) throw new BpfError("USAGE", `there is no program ${against}`);
  return found;
}

function passedOn({ against, adapt, attachTimeout }: RunnerOptions): string[] {
  return [
    ...(against === undefined ? [] : ["--against", against]),
    ...(adapt === undefined ? [] : ["--adapt", adapt]),
    "--attach-timeout",
    attachTimeout,
  ];
}
