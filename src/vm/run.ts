import { constants } from "node:os";
import type { Duplex } from "node:stream";
import { connectStreams } from "./command-streams.ts";
import { encodeRequest, encodeSignal } from "./control-channel.ts";
import type { Guest } from "./guest.ts";
import { findKernel, type GuestKernel } from "./kernel-directory.ts";
import { provideGuest } from "./provide-guest.ts";
import { VmError } from "./vm-error.ts";
import { type GuestTask, guestTask, type VmOptions } from "./vm-options.ts";

/** How a guest's command ended, and what it cost. */
export interface VmResult {
  /** As a shell says it: 128 + the signal's number when a signal ended the command. */
  readonly exitCode: number;
  /** Name of the signal that ended the command. */
  readonly signal?: NodeJS.Signals;
  /** From the launch until the guest took the request. */
  readonly bootMs: number;
  /** From the call to the end of the command, its output passed on. */
  readonly totalMs: number;
  /** True when the guest came from a saved state. */
  readonly restored: boolean;
}

/** A run in a guest. */
export interface VmHandle {
  readonly result: Promise<VmResult>;
  /** Sends a signal to the command and its process group, at once or as soon as it runs. */
  kill(signal?: NodeJS.Signals): void;
  /** Process id of QEMU, once its guest is up. */
  readonly qemuPid: number | undefined;
}

const KILL_AFTER_MS = 1000;

/**
 * Runs a command in a microVM over the host's files and gives its end.
 *
 * @throws VmError VM_MISSING, VM_OPTION, VM_BOOT, VM_LOST or VM_TIMEOUT; the abort signal's reason.
 * @example
 * const { exitCode } = await runInVm({ command: ["uname", "-r"] });
 */
export function runInVm(options: VmOptions): Promise<VmResult> {
  return startVm(options).result;
}

/** Like {@link runInVm}, with a handle to send signals. */
export function startVm(options: VmOptions): VmHandle {
  const run: Run = {
    started: performance.now(),
    signals: [],
    guest: undefined,
    ended: undefined,
    stop: new AbortController(),
  };
  return {
    result: perform(run, options),
    kill: (signal = "SIGTERM") => sendSignal(run, signal),
    get qemuPid() {
      return run.guest?.qemu.pid;
    },
  };
}

interface Run {
  readonly started: number;
  /** Signals that wait for the request to be sent; undefined from then on. */
  signals: NodeJS.Signals[] | undefined;
  guest: Guest | undefined;
  /** Why the run is being ended early. */
  ended: unknown;
  /** Kills whatever runs for this run. */
  readonly stop: AbortController;
}

async function perform(run: Run, options: VmOptions): Promise<VmResult> {
  const task = guestTask(options);
  const kernel = findKernel(options.kernel ?? "6.12");
  options.signal?.throwIfAborted();
  const unwatch = watchForEnd(run, options);
  try {
    const provided = await provideGuest(kernel, options, task, run.stop.signal);
    run.guest = provided.guest;
    return await runCommand(run, options, task, kernel, provided);
  } catch (error) {
    throw run.ended ?? error;
  } finally {
    unwatch();
    run.stop.abort();
  }
}

async function runCommand(
  run: Run,
  options: VmOptions,
  task: GuestTask,
  kernel: GuestKernel,
  { guest, restored }: { guest: Guest; restored: boolean },
): Promise<VmResult> {
  const stdin = options.stdin === "inherit" ? process.stdin : options.stdin;
  const streams = connectStreams(
    guest.qemu.ports,
    stdin === "ignore" ? undefined : stdin,
    options.stdout ?? process.stdout,
    options.stderr ?? process.stderr,
  );
  try {
    const services = Object.entries(options.services ?? {});
    services.forEach(([, serve], slot) => {
      serve(guest.qemu.ports.get(`service${slot}`) as Duplex);
    });
    guest.send(
      encodeRequest({ ...task, services: services.map(([name]) => name), links: kernelLinks(kernel) }),
    );
    const bootMs = performance.now() - run.started;
    for (const signal of run.signals ?? []) guest.send(encodeSignal(signal));
    run.signals = undefined;
    const { exit } = await guest.expect("exit", "VM_LOST");
    await streams.received(exit.stdoutBytes, exit.stderrBytes);
    if (run.ended !== undefined) throw run.ended;
    const signal = exit.signal === undefined ? undefined : signalName(exit.signal);
    return {
      exitCode: exit.exitCode,
      ...(signal === undefined ? {} : { signal }),
      bootMs,
      totalMs: performance.now() - run.started,
      restored,
    };
  } finally {
    streams.release();
  }
}

// Where programs look for what belongs to the running kernel; the host may have it, then that stays.
function kernelLinks({ directory, release }: GuestKernel): (readonly [string, string])[] {
  return [
    [`${directory}/config`, `/boot/config-${release}`],
    [`${directory}/System.map`, `/boot/System.map-${release}`],
    [`${directory}/modules`, `/lib/modules/${release}`],
  ];
}

function sendSignal(run: Run, signal: NodeJS.Signals): void {
  if (!(signal in constants.signals)) throw new VmError("VM_OPTION", `there is no signal ${signal}`);
  if (run.signals) run.signals.push(signal);
  else run.guest?.send(encodeSignal(signal));
}

function signalName(number: number): NodeJS.Signals | undefined {
  const entry = Object.entries(constants.signals).find(([, value]) => value === number);
  return entry?.[0] as NodeJS.Signals | undefined;
}

// Asks the command to end when time is up or the caller says so, and kills the guest when it does not.
function watchForEnd(run: Run, options: VmOptions): () => void {
  const timers: NodeJS.Timeout[] = [];
  const end = (reason: unknown) => {
    if (run.ended !== undefined) return;
    run.ended = reason;
    if (run.signals) run.stop.abort();
    else sendSignal(run, "SIGTERM");
    timers.push(setTimeout(() => run.stop.abort(), KILL_AFTER_MS));
  };
  const limit = options.timeoutMs;
  if (limit !== undefined) {
    const late = () => end(new VmError("VM_TIMEOUT", `the guest's command did not end within ${limit} ms`));
    timers.push(setTimeout(late, limit));
  }
  const abort = () => end(options.signal?.reason);
  options.signal?.addEventListener("abort", abort, { once: true });
  return () => {
    options.signal?.removeEventListener("abort", abort);
    for (const timer of timers) clearTimeout(timer);
  };
}
