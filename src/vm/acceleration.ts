import { accessSync, constants, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BootInput, bootGuest } from "./boot.ts";
import type { GuestKernel } from "./kernel-directory.ts";
import type { Machine } from "./qemu-arguments.ts";
import { stateDirectory } from "./state-directory.ts";
import { machineIdentity } from "./state-identity.ts";
import { VmError } from "./vm-error.ts";

export type Acceleration = "kvm" | "tcg";

const KVM_DEVICE = "/dev/kvm";
/** A guest under KVM is up in about a second; one that is not by now never will be, and costs a core meanwhile. */
const KVM_LIMIT_MS = 3_000;
/** What is booted on trial. */
const TRIAL: Machine = { accel: "kvm", cpus: 1, memoryMb: 512, writableSlots: 0, serviceSlots: 0 };

/** A remembered answer holds until the machine restarts or what was tried changes. */
interface Answer {
  readonly bootId: string;
  readonly machine: string;
  readonly works: boolean;
}

/**
 * What is known without trying: emulation where KVM cannot be opened, else the answer of an earlier trial.
 * That /dev/kvm can be opened says little: nested virtualisation may lack what a guest needs, or hang it.
 */
export function knownAcceleration(kernel: GuestKernel): Acceleration | undefined {
  if (!canOpenKvm()) return "tcg";
  const answer = recall(kernel);
  if (answer?.bootId !== bootId() || answer.machine !== machineIdentity(kernel, TRIAL)) return undefined;
  return answer.works ? "kvm" : "tcg";
}

/** Boots a guest under KVM and says whether it came up; false also when `signal` ended the trial. */
export async function tryKvm(kernel: GuestKernel, signal: AbortSignal): Promise<boolean> {
  const input: BootInput = { kernel, machine: TRIAL, writable: [], emptyDirectory: "", signal };
  try {
    const guest = await bootGuest(input, KVM_LIMIT_MS);
    guest.qemu.kill();
    return true;
  } catch (error) {
    if (error instanceof VmError && error.code === "VM_BOOT") return false;
    throw error;
  }
}

/** Keeps the answer of a trial until the host restarts. */
export function rememberKvm(kernel: GuestKernel, works: boolean): void {
  const answer: Answer = { bootId: bootId(), machine: machineIdentity(kernel, TRIAL), works };
  const work = mkdtempSync(join(stateDirectory(), "kvm-"));
  try {
    writeFileSync(join(work, "answer"), JSON.stringify(answer), { mode: 0o600 });
    renameSync(join(work, "answer"), answerFile(kernel));
  } finally {
    rmSync(work, { recursive: true });
  }
}

function canOpenKvm(): boolean {
  try {
    accessSync(KVM_DEVICE, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false; // not there, or not for us
  }
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

function answerFile(kernel: GuestKernel): string {
  return join(stateDirectory(), `kvm-${kernel.name}.json`);
}

function recall(kernel: GuestKernel): Answer | undefined {
  try {
    return JSON.parse(readFileSync(answerFile(kernel), "utf8")) as Answer;
  } catch {
    return undefined; // never asked, or not readable: ask again
  }
}
