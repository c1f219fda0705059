import { accessSync, constants, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import { type BootInput, bootGuest } from "./boot.ts";
import type { Guest } from "./guest.ts";
import type { GuestKernel } from "./kernel-directory.ts";
import { stateDirectory } from "./state-directory.ts";
import { machineIdentity } from "./state-identity.ts";
import { VmError } from "./vm-error.ts";

export type Acceleration = "kvm" | "tcg";

const KVM_DEVICE = "/dev/kvm";
/** A guest under KVM is up in about a second; one that is not after this never will be. */
const KVM_LIMIT_MS = 5_000;

/** A remembered answer holds until the machine restarts or what was tried changes. */
interface Answer {
  readonly bootId: string;
  readonly machine: string;
  readonly works: boolean;
}

/**
 * Decides between KVM and emulation. That /dev/kvm can be opened says little: nested virtualisation may lack what a
 * guest needs, or hang it. So a guest is booted once under it, and the answer kept until the host restarts.
 */
export async function chooseAcceleration(
  kernel: GuestKernel,
  wanted: "auto" | Acceleration,
): Promise<Acceleration> {
  if (wanted !== "auto") return wanted;
  if (!canOpenKvm()) return "tcg";
  const machine = { accel: "kvm", cpus: 1, memoryMb: 512, writableSlots: 0, serviceSlots: 0 } as const;
  const key = { bootId: bootId(), machine: machineIdentity(kernel, machine) };
  const file = `kvm-${kernel.name}.json`;
  const known = recall(file);
  const holds = known?.bootId === key.bootId && known.machine === key.machine;
  const works = holds
    ? known.works
    : await bootsUnderKvm({ kernel, machine, writable: [], emptyDirectory: "" });
  if (!holds) remember(file, { ...key, works });
  return works ? "kvm" : "tcg";
}

function canOpenKvm(): boolean {
  try {
    accessSync(KVM_DEVICE, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false; // not there, or not for us
  }
}

async function bootsUnderKvm(input: BootInput): Promise<boolean> {
  try {
    const guest = await bootGuest({ ...input, withQmp: true, onLaunch: endWhenStopped }, KVM_LIMIT_MS);
    guest.qemu.kill();
    return true;
  } catch (error) {
    if (error instanceof VmError && error.code === "VM_BOOT") return false;
    throw error;
  }
}

// QEMU stops a guest whose instructions KVM cannot run, and waits: there is no use in waiting with it.
function endWhenStopped(guest: Guest): void {
  const connection = guest.qemu.qmp as Duplex;
  connection.write('{"execute":"qmp_capabilities"}\n');
  createInterface({ input: connection }).on("line", (line) => {
    if ((JSON.parse(line) as { event?: string }).event === "STOP") guest.qemu.kill();
  });
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

function recall(file: string): Answer | undefined {
  try {
    return JSON.parse(readFileSync(join(stateDirectory(), file), "utf8")) as Answer;
  } catch {
    return undefined; // never asked, or not readable: ask again
  }
}

function remember(file: string, answer: Answer): void {
  const work = mkdtempSync(join(stateDirectory(), "kvm-"));
  try {
    writeFileSync(join(work, file), JSON.stringify(answer), { mode: 0o600 });
    renameSync(join(work, file), join(stateDirectory(), file));
  } finally {
    rmSync(work, { recursive: true });
  }
}
