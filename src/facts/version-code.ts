import { BpfError } from "../errors.ts";

/** Where a kernel may say its true version. */
export interface VersionTexts {
  /** `uname -r`. */
  readonly release: string;
  /** `uname -v`, or the whole banner: Debian's release has an ABI number where the patch level should be. */
  readonly version?: string | undefined;
  /** /proc/version_signature, where Ubuntu says the version that its kernel comes from. */
  readonly signature?: string | undefined;
}

/** LINUX_VERSION_CODE as the kernel's own headers have it: the patch level is at most 255. */
export function versionCode(texts: VersionTexts): number {
  const [, ofDebian] = /#.*\bDebian (\d+\.\d+(?:\.\d+)?)/.exec(texts.version ?? "") ?? [];
  const [, ofUbuntu] = /(\d+\.\d+\.\d+)\s*$/.exec(texts.signature ?? "") ?? [];
  const text = ofUbuntu ?? ofDebian ?? texts.release;
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  if (match === null) throw new BpfError("KERNEL_VERSION", `"${text}" is no version of a kernel`);
  return kernelVersionCode(Number(match[1]), Number(match[2]), Number(match[3] ?? 0));
}

/** KERNEL_VERSION(major, minor, patch). */
export function kernelVersionCode(major: number, minor: number, patch: number): number {
  return (major << 16) | (minor << 8) | Math.min(patch, 255);
}
