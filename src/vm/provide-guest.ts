import { chooseAcceleration } from "./acceleration.ts";
import { bootGuest } from "./boot.ts";
import { encodeGreeting } from "./control-channel.ts";
import type { Guest } from "./guest.ts";
import type { GuestKernel } from "./kernel-directory.ts";
import type { Machine } from "./qemu-arguments.ts";
import { emptyDirectory } from "./state-directory.ts";
import type { GuestTask, VmOptions } from "./vm-options.ts";

/** Devices come in such groups, so that runs with some more or fewer of them share one saved state. */
const SLOT_GROUP = 4;
const START_LIMIT_MS = 30_000;

/** A guest that has begun its work: it awaits the request. */
export interface ProvidedGuest {
  readonly guest: Guest;
  readonly restored: boolean;
}

/**
 * Gives a guest for a task, from a saved state where possible.
 * `onLaunch` hears of each QEMU at its start, so that the caller can end it.
 */
export async function provideGuest(
  kernel: GuestKernel,
  options: VmOptions,
  task: GuestTask,
  onLaunch: (guest: Guest) => void,
): Promise<ProvidedGuest> {
  const machine: Machine = {
    accel: await chooseAcceleration(kernel, options.accel ?? "auto"),
    cpus: options.cpus ?? 1,
    memoryMb: options.memoryMb ?? 1024,
    writableSlots: slots(task.writable.length),
    serviceSlots: slots(Object.keys(options.services ?? {}).length),
  };
  const input = { kernel, machine, writable: task.writable, emptyDirectory: emptyDirectory(), onLaunch };
  return { guest: await greet(await bootGuest(input)), restored: false };
}

async function greet(guest: Guest): Promise<Guest> {
  guest.send(encodeGreeting(Date.now()));
  await guest.expect("started", "VM_BOOT", START_LIMIT_MS);
  return guest;
}

function slots(needed: number): number {
  return Math.max(1, Math.ceil(needed / SLOT_GROUP)) * SLOT_GROUP;
}
