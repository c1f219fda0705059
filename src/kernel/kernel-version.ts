import { release } from "node:os";

/** Major and minor number of a kernel release or of a "5.11"; [0, 0] where there are none. */
export function kernelVersion(text: string = release()): readonly [major: number, minor: number] {
  const match = /^(\d+)\.(\d+)/.exec(text);
  return match === null ? [0, 0] : [Number(match[1]), Number(match[2])];
}

/** True when the kernel is at least Linux `since` ("5.11"). Distributions backport: prefer to try things. */
export function kernelAtLeast(since: string, running: string = release()): boolean {
  const [major, minor] = kernelVersion(running);
  const [wantedMajor, wantedMinor] = kernelVersion(since);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
