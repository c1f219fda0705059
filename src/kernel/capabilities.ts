import { PermissionError } from "../errors.ts";
import {
  CAPABILITY,
  type CapabilityName,
  effectiveCapabilities,
  hasCapability,
} from "../ffi/capability-mask.ts";
import { kernelAtLeast } from "./kernel-version.ts";

/** The effective capabilities of this process that tracing may need, by name. */
export function capabilities(mask: bigint = effectiveCapabilities()): CapabilityName[] {
  const names = Object.keys(CAPABILITY) as CapabilityName[];
  return names.filter((name) => ((mask >> BigInt(CAPABILITY[name])) & 1n) === 1n);
}

/** Those of the wanted capabilities that the process lacks; CAP_SYS_ADMIN stands for CAP_BPF and CAP_PERFMON. */
export function missingCapabilities(
  wanted: readonly CapabilityName[],
  mask: bigint = effectiveCapabilities(),
): CapabilityName[] {
  return wanted.filter((name) => !hasCapability(name, mask));
}

/** What loading and attaching programs of every kind takes on this kernel. */
export function tracingCapabilities(release?: string): CapabilityName[] {
  return kernelAtLeast("5.8", release) ? ["CAP_BPF", "CAP_PERFMON"] : ["CAP_SYS_ADMIN"];
}

/** The PermissionError of a refusal, naming what is missing; undefined when nothing known is missing. */
export function permissionError(
  what: string,
  wanted: readonly CapabilityName[],
  cause?: unknown,
): PermissionError | undefined {
  const missing = missingCapabilities(wanted);
  if (missing.length === 0) return undefined;
  const names = missing.join(" and ");
  return new PermissionError(missing.join(","), `${what}: not permitted without ${names}`, {
    cause,
    hint: `Run as root, or give the program the capabilities: setcap ${missing
      .map((name) => name.toLowerCase())
      .join(",")}+ep`,
  });
}
