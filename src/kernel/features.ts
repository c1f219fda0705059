import { release } from "node:os";
import { BpfError, SyscallError, UnsupportedError } from "../errors.ts";
import { permissionError, tracingCapabilities } from "./capabilities.ts";
import { FEATURES, type Feature, type FeatureName } from "./feature-table.ts";
import { kernelAtLeast } from "./kernel-version.ts";

/** What became of trying a feature. `detail` is one line for people; `remedy` says how to get it. */
export interface FeatureReport {
  readonly name: FeatureName;
  readonly available: boolean;
  /** First Linux that has it, undefined where that depends on more than the version. */
  readonly since: string | undefined;
  readonly detail: string;
  readonly remedy: string | undefined;
  /** True when this kernel's version should have it, so that its absence is a matter of configuration. */
  readonly expected: boolean;
}

const POLICY = "a policy of this machine refuses it";

const switchedOff = new Set<FeatureName>();

/** From now on this process does without a feature, as if the kernel had it not. */
export function switchOffFeature(name: FeatureName): void {
  switchedOff.add(name);
}

/** Tries every feature: some milliseconds, nothing stays behind in the kernel. */
export function checkFeatures(): FeatureReport[] {
  return FEATURES.map(checkOne);
}

/** Tries one feature. */
export function checkFeature(name: FeatureName): FeatureReport {
  const feature = FEATURES.find((entry) => entry.name === name);
  if (feature === undefined) throw new BpfError("FEATURE", `there is no feature "${name}"`);
  return checkOne(feature);
}

/** Throws UnsupportedError or PermissionError with the remedy when the feature is not available. */
export function requireFeature(name: FeatureName): void {
  const report = checkFeature(name);
  if (report.available) return;
  const denied = permissionError(name, tracingCapabilities());
  if (denied !== undefined) throw denied;
  throw new UnsupportedError(name, `this kernel (${release()}) has no ${name}: ${report.detail}`, {
    hint: report.remedy,
    ...(report.since === undefined ? {} : { since: report.since }),
  });
}

function checkOne(feature: Feature): FeatureReport {
  const { name, since } = feature;
  const expected = since === undefined || kernelAtLeast(since);
  if (switchedOff.has(name)) {
    return { name, since, expected, available: false, detail: "it is switched off", remedy: undefined };
  }
  try {
    const detail = feature.probe();
    return { name, since, expected, available: true, detail, remedy: undefined };
  } catch (error) {
    // Whatever stops the trial is the answer: it is reported, not thrown.
    return {
      name,
      since,
      expected,
      available: false,
      detail: explain(name, error),
      remedy: (error instanceof BpfError ? error.hint : undefined) ?? feature.remedy,
    };
  }
}

function explain(name: string, error: unknown): string {
  if (error instanceof SyscallError && (error.errnoName === "EPERM" || error.errnoName === "EACCES")) {
    const denied = permissionError(name, tracingCapabilities());
    return denied?.message ?? `${error.message}, though no capability is missing: ${POLICY}`;
  }
  return error instanceof Error ? error.message : String(error);
}
