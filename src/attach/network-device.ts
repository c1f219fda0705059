import { AttachError } from "../errors.ts";
import { libc } from "../ffi/libc.ts";
import { cString } from "../ffi/native-buffer.ts";
import type { Device } from "../program/program.ts";

/** The number of a network device. Throws AttachError where there is none of that name. */
export function deviceIndex(device: Device): number {
  if (typeof device === "number" && Number.isInteger(device) && device > 0) return device;
  const index = typeof device === "string" ? libc().if_nametoindex(cString(device).address) : 0;
  if (index !== 0) return index;
  throw new AttachError(String(device), `there is no network device ${device}`, {
    hint: "`ip link` lists them. A network namespace has devices of its own.",
  });
}
