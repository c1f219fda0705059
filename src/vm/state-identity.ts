import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { guestFiles, guestPrograms } from "./guest-init.ts";
import type { GuestKernel } from "./kernel-directory.ts";
import { type Machine, portNames, qemuArguments } from "./qemu-arguments.ts";
import { QEMU } from "./qemu-process.ts";
import { describeTool, type ToolFile } from "./tool-files.ts";

/** What a saved state was made from. When any of it changes, the state is stale. */
export interface StateIdentity {
  /** Hash over the kernel, QEMU, its options and the guest's scripts. */
  readonly machine: string;
  readonly tools: readonly ToolFile[];
}

/** Name of the state's directory: what a user chose. Everything else is in the identity. */
export function stateName(kernel: GuestKernel, machine: Machine): string {
  const { accel, cpus, memoryMb, writableSlots, serviceSlots } = machine;
  return `${kernel.name}-${accel}-${cpus}cpu-${memoryMb}mb-${writableSlots}w${serviceSlots}s`;
}

/** Hash over everything but the tools that a state depends on. Costs a few `stat` calls. */
export function machineIdentity(kernel: GuestKernel, machine: Machine): string {
  const parts = {
    kernel: [kernel.release, fileMark(join(kernel.directory, "vmlinux"))],
    modules: readFileSync(join(kernel.directory, "modules/boot-order"), "utf8"),
    qemu: programMark(QEMU),
    busybox: programMark("busybox"),
    arguments: qemuArguments({
      kernel,
      machine,
      writable: [],
      emptyDirectory: "",
      descriptors: { console: 0, initramfs: 0, ports: portNames(machine).map((_, index) => index) },
    }),
    guest: [guestFiles, guestPrograms],
  };
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** True when a state made from `saved` still is what would be made now. */
export function isFresh(saved: StateIdentity, machine: string): boolean {
  if (saved.machine !== machine) return false;
  if (!saved.tools.some(({ path }) => path === process.execPath)) return false;
  return saved.tools.every((tool) => {
    const now = describeTool(tool.path);
    return now.size === tool.size && now.mtimeMs === tool.mtimeMs;
  });
}

function programMark(name: string): string {
  const directories = (process.env.PATH ?? "").split(delimiter);
  const mark = directories.map((directory) => fileMark(join(directory, name))).find((found) => found !== "");
  return mark ?? "";
}

function fileMark(path: string): string {
  try {
    const { size, mtimeMs } = statSync(path);
    return `${path} ${size} ${mtimeMs}`;
  } catch {
    return ""; // not there, or in a directory that is closed to us, as one of PATH may be
  }
}
