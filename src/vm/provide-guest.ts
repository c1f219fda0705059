import { BpfError } from "../errors.ts";
import { chooseAcceleration } from "./acceleration.ts";
import { type BootInput, bootGuest } from "./boot.ts";
import { encodeGreeting } from "./control-channel.ts";
import type { Guest } from "./guest.ts";
import type { GuestKernel } from "./kernel-directory.ts";
import type { Machine } from "./qemu-arguments.ts";
import { dropState, findState, makeState, restoreGuest } from "./saved-state.ts";
import { emptyDirectory } from "./state-directory.ts";
import type { GuestTask, VmOptions } from "./vm-options.ts";

/** Devices come in such groups, so that runs with some more or fewer of them share one saved state. */
const SLOT_GROUP = 4;
const START_LIMIT_MS = 30_000;
const RESTORE_LIMIT_MS = 15_000;

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
  if (options.state !== "none") {
    const guest = await restore(input);
    if (guest) return { guest, restored: true };
  }
  return { guest: await greet(await bootGuest(input), START_LIMIT_MS), restored: false };
}

// A state is a shortcut: when it cannot be made or does not come to life, the run boots instead, and says why.
async function restore(input: BootInput): Promise<Guest | undefined> {
  let guest: Guest | undefined;
  let state: string | undefined;
  try {
    state = findState(input) ?? (await makeState(input));
    if (state === undefined) return undefined;
    guest = await restoreGuest(input, state);
    return await greet(guest, RESTORE_LIMIT_MS);
  } catch (error) {
    guest?.qemu.kill();
    if (state !== undefined) dropState(state);
    process.emitWarning(`the saved guest is not used: ${describe(error)}`, { code: "BCC_TS_VM_STATE" });
    return undefined;
  }
}

async function greet(guest: Guest, limitMs: number): Promise<Guest> {
  guest.send(encodeGreeting(Date.now()));
  await guest.expect("started", "VM_BOOT", limitMs);
  return guest;
}

function slots(needed: number): number {
  return Math.max(1, Math.ceil(needed / SLOT_GROUP)) * SLOT_GROUP;
}

function describe(error: unknown): string {
  return BpfError.is(error) ? error.format() : String(error);
}
