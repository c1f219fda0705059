import { BpfError } from "../errors.ts";
import { type Acceleration, knownAcceleration, rememberKvm, tryKvm } from "./acceleration.ts";
import { type BootInput, bootGuest } from "./boot.ts";
import { encodeGreeting } from "./control-channel.ts";
import type { Guest } from "./guest.ts";
import type { GuestKernel } from "./kernel-directory.ts";
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
 * Gives a guest for a task, from a saved state where possible. `signal` kills it, now and later.
 *
 * Where it is not known yet whether KVM works, a trial runs beside the emulated guest: KVM that cannot boot
 * a guest before emulation does is of no use, and waiting for it would cost more than it gives.
 */
export async function provideGuest(
  kernel: GuestKernel,
  options: VmOptions,
  task: GuestTask,
  signal: AbortSignal,
): Promise<ProvidedGuest> {
  const machine = {
    cpus: options.cpus ?? 1,
    memoryMb: options.memoryMb ?? 1024,
    writableSlots: slots(task.writable.length),
    serviceSlots: slots(Object.keys(options.services ?? {}).length),
  };
  const obtain = (accel: Acceleration, ...ends: AbortSignal[]) =>
    obtainGuest(options.state ?? "use", {
      kernel,
      machine: { ...machine, accel },
      writable: task.writable,
      emptyDirectory: emptyDirectory(),
      signal: AbortSignal.any([signal, ...ends]),
    });
  const wanted = options.accel ?? "auto";
  const known = wanted === "auto" ? knownAcceleration(kernel) : wanted;
  return known ? obtain(known) : raceAccelerations(kernel, signal, obtain);
}

async function raceAccelerations(
  kernel: GuestKernel,
  signal: AbortSignal,
  obtain: (accel: Acceleration, ...ends: AbortSignal[]) => Promise<ProvidedGuest>,
): Promise<ProvidedGuest> {
  const trialEnd = new AbortController();
  const emulationEnd = new AbortController();
  const emulated = obtain("tcg", emulationEnd.signal);
  const trial = tryKvm(kernel, AbortSignal.any([signal, trialEnd.signal]));
  for (const attempt of [emulated, trial]) attempt.catch(() => {}); // told by the race, or by nobody when it is lost
  const winner = await Promise.race([trial, emulated]).finally(() => trialEnd.abort());
  if (!signal.aborted) rememberKvm(kernel, winner === true);
  if (winner !== true) return emulated;
  emulationEnd.abort();
  await emulated.catch(() => {});
  return obtain("kvm");
}

async function obtainGuest(state: "use" | "none", input: BootInput): Promise<ProvidedGuest> {
  if (state === "use") {
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
    if (input.signal?.aborted) throw error;
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
