import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CpioEntry } from "./cpio.ts";
import { type Guest, talkTo } from "./guest.ts";
import { buildInitramfs } from "./initramfs.ts";
import type { GuestKernel } from "./kernel-directory.ts";
import type { Machine } from "./qemu-arguments.ts";
import { launchQemu, type QemuLaunch } from "./qemu-process.ts";

const BOOT_LIMIT_MS = 90_000;

export interface BootInput extends Omit<QemuLaunch, "initramfs"> {
  readonly kernel: GuestKernel;
  readonly machine: Machine;
  /** Files for the guest's memory. */
  readonly tools?: readonly CpioEntry[];
}

/**
 * Boots a guest until it waits for its request.
 * @throws VmError VM_BOOT with the console's last lines, VM_MISSING without QEMU.
 */
export async function bootGuest(input: BootInput, limitMs = BOOT_LIMIT_MS): Promise<Guest> {
  const initramfs = openUnnamed(buildInitramfs(input.kernel, input.tools));
  try {
    const guest = talkTo(launchQemu({ ...input, initramfs }));
    try {
      await guest.expect("ready", "VM_BOOT", limitMs);
      return guest;
    } catch (error) {
      guest.qemu.kill();
      throw error;
    }
  } finally {
    closeSync(initramfs);
  }
}

/** An open file with this content and no name: nothing is left behind, whatever ends this process. */
function openUnnamed(content: Uint8Array): number {
  const directory = mkdtempSync(join(tmpdir(), "bcc-ts-"));
  try {
    const path = join(directory, "content");
    writeFileSync(path, content, { mode: 0o600 });
    return openSync(path, "r");
  } finally {
    rmSync(directory, { recursive: true });
  }
}
