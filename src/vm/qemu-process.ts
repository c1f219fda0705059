import { type ChildProcess, spawn } from "node:child_process";
import type { Duplex, Readable } from "node:stream";
import { portNames, type QemuInput, qemuArguments } from "./qemu-arguments.ts";
import { VmError } from "./vm-error.ts";

/** The program, found along PATH. */
export const QEMU = "qemu-system-x86_64";
const CONSOLE_TAIL = 16_384;

/** A running QEMU and our ends of its serial ports, by name. */
export interface QemuProcess {
  readonly pid: number;
  readonly ports: ReadonlyMap<string, Duplex>;
  /** QEMU's control protocol, when the guest is to be saved or restored. */
  readonly qmp: Duplex | undefined;
  /** The number by which QEMU knows the inherited file of device state. */
  readonly deviceState: number | undefined;
  /** Settles when QEMU has ended, and rejects when it could not be started. */
  readonly ended: Promise<void>;
  /** The last lines of the guest's console and of QEMU's own messages. */
  console(): string;
  kill(): void;
}

/** What to launch: `initramfs` and `deviceState` are open files, which QEMU inherits. */
export interface QemuLaunch extends Omit<QemuInput, "descriptors"> {
  readonly initramfs?: number;
  readonly deviceState?: number;
  readonly withQmp?: boolean;
  /** QEMU's working directory: the saving guest writes its device state there. */
  readonly cwd?: string;
  /** Kills QEMU when aborted. */
  readonly signal?: AbortSignal;
}

/**
 * Starts QEMU with socket pairs as its ports, so that no file names exist that others could open or that would be left
 * behind. `setpriv` has the kernel end QEMU with this process, however it ends; the guest also ends by itself
 * when its control port closes.
 */
export function launchQemu(launch: QemuLaunch): QemuProcess {
  const names = portNames(launch.machine);
  const stdio: ("ignore" | "pipe" | "overlapped" | number)[] = ["ignore", "ignore", "pipe"];
  const add = (kind: "pipe" | number) => stdio.push(kind) - 1;
  const console = add("pipe");
  const ports = names.map(() => add("pipe"));
  const initramfs = launch.initramfs === undefined ? undefined : add(launch.initramfs);
  const qmp = launch.withQmp ? add("pipe") : undefined;
  const deviceState = launch.deviceState === undefined ? undefined : add(launch.deviceState);
  const descriptors = {
    console,
    ports,
    ...(initramfs === undefined ? {} : { initramfs }),
    ...(qmp === undefined ? {} : { qmp }),
  };
  const arguments_ = ["--pdeathsig", "KILL", "--", QEMU, ...qemuArguments({ ...launch, descriptors })];
  const child = spawn("setpriv", arguments_, {
    stdio,
    cwd: launch.cwd,
    env: { PATH: process.env.PATH ?? "" },
  });
  const kill = () => child.kill("SIGKILL");
  launch.signal?.addEventListener("abort", kill, { once: true });
  child.once("exit", () => launch.signal?.removeEventListener("abort", kill));
  if (launch.signal?.aborted) kill();
  const socket = (index: number) => child.stdio[index] as unknown as Duplex;
  return {
    pid: child.pid ?? 0,
    ports: new Map(names.map((name, index) => [name, quiet(socket(ports[index] ?? 0))])),
    qmp: qmp === undefined ? undefined : quiet(socket(qmp)),
    deviceState,
    ended: endOf(child),
    console: keepTail([socket(console), child.stderr as Readable]),
    kill,
  };
}

// A port breaks when QEMU ends; that end is told by `ended`, once.
function quiet(socket: Duplex): Duplex {
  return socket.on("error", () => {});
}

function endOf(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve, reject) => {
    child.once("exit", () => resolve());
    child.once("error", (cause) =>
      reject(
        new VmError("VM_MISSING", `QEMU cannot be started: ${cause.message}`, {
          hint: "run `node vendor/setup.mjs`, or install the packages qemu-system-x86 and util-linux",
          cause,
        }),
      ),
    );
  });
  ended.catch(() => {}); // whoever waits for it hears of it
  return ended;
}

function keepTail(streams: readonly Readable[]): () => string {
  let tail = "";
  for (const stream of streams) {
    stream.on("error", () => {});
    stream.on("data", (chunk: Buffer) => {
      tail = (tail + chunk.toString("latin1")).slice(-CONSOLE_TAIL);
    });
  }
  return () => tail;
}
