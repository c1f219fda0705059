import { spawnSync } from "node:child_process";
import { release } from "node:os";
import type { ConformanceCase } from "./conformance-case.ts";
import type { Features } from "./tool-features.ts";

/** Kinds of probes that a kernel can lack altogether, and --info says so. */
const PROBES: Readonly<Record<string, string>> = {
  kprobe: "kprobe",
  kretprobe: "kprobe",
  fentry: "fentry",
  fexit: "fentry",
};

/** Why a case cannot be run here; undefined when it can. */
export function skipReason(one: ConformanceCase, features: Features, directory: string): string | undefined {
  const { minKernel } = one;
  if (minKernel !== undefined && compare(release(), minKernel) < 0) return `needs Linux ${minKernel}`;
  const missing = one.features.find((name) => features(name) !== true);
  if (missing !== undefined) return `the tool's --info does not say "${missing}: yes"`;
  const unwanted = one.negFeatures.find((name) => features(name) === true);
  if (unwanted !== undefined) return `the tool's --info says "${unwanted}: yes"`;
  const probe = one.needs.find((need) => PROBES[need] !== undefined && features(PROBES[need]) === false);
  if (probe !== undefined) return `the tool's --info says that there is no ${PROBES[probe]} here`;
  const unmet = one.requires.find(
    (line) =>
      spawnSync("/bin/sh", ["-c", line], { cwd: directory, stdio: "ignore", timeout: 10_000 }).status !== 0,
  );
  return unmet === undefined ? undefined : `needs: ${unmet}`;
}

function compare(release: string, wanted: string): number {
  const numbers = (text: string) => (text.match(/\d+/g) ?? []).slice(0, 2).map(Number);
  const [a = 0, b = 0] = numbers(release);
  const [c = 0, d = 0] = numbers(wanted);
  return a - c || b - d;
}
