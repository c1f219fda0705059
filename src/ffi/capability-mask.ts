import { readFileSync } from "node:fs";

/** Numbers of the capabilities that tracing needs. */
export const CAPABILITY = {
  CAP_DAC_OVERRIDE: 1,
  CAP_DAC_READ_SEARCH: 2,
  CAP_NET_ADMIN: 12,
  CAP_NET_RAW: 13,
  CAP_IPC_LOCK: 14,
  CAP_SYS_MODULE: 16,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
  CAP_SYS_RESOURCE: 24,
  CAP_SYSLOG: 34,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const;

export type CapabilityName = keyof typeof CAPABILITY;

/** The effective capabilities of this process as a bit mask. */
export function effectiveCapabilities(
  status: string = readFileSync("/proc/thread-self/status", "utf8"),
): bigint {
  const digits = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return digits === undefined ? 0n : BigInt(`0x${digits}`);
}

/** True when the process has the capability, or CAP_SYS_ADMIN in place of the two that were split off it. */
export function hasCapability(name: CapabilityName, mask: bigint = effectiveCapabilities()): boolean {
  const has = (number: number) => ((mask >> BigInt(number)) & 1n) === 1n;
  if (has(CAPABILITY[name])) return true;
  const splitOff = name === "CAP_BPF" || name === "CAP_PERFMON";
  return splitOff && has(CAPABILITY.CAP_SYS_ADMIN);
}
