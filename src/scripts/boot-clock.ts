import { readFileSync } from "node:fs";
import { clockTime } from "../ffi/libc.ts";

const CLOCK_REALTIME = 0;
const CLOCK_TAI = 11;
const SECOND = 1_000_000_000n;

/** Nanoseconds since 1970 at which the boot clock was 0: what has to be added to its times. */
export function bootTime(): bigint {
  const now = BigInt(Date.now()) * 1_000_000n;
  return now - process.hrtime.bigint() - suspended();
}

/** What has to be added to times of the TAI clock: the leap seconds, as far as the kernel was told of them. */
export function atomicTime(): bigint {
  const ahead = clockTime(CLOCK_TAI) - clockTime(CLOCK_REALTIME);
  return -((ahead + SECOND / 2n) / SECOND) * SECOND;
}

/** The monotonic clock stands still while the machine sleeps, the boot clock does not. */
function suspended(): bigint {
  const uptime = Number(readFileSync("/proc/uptime", "latin1").split(" ")[0]);
  const difference = uptime - Number(process.hrtime.bigint()) / 1e9;
  return difference < 0.1 ? 0n : BigInt(Math.round(difference * 1e9));
}
