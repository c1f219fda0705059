import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { type BootInput, bootGuest } from "./boot.ts";
import { type Guest, talkTo } from "./guest.ts";
import { launchQemu } from "./qemu-process.ts";
import { openQmp, type Qmp } from "./qmp.ts";
import { stateDirectory } from "./state-directory.ts";
import { isFresh, machineIdentity, type StateIdentity, stateName } from "./state-identity.ts";
import { tryLock } from "./state-lock.ts";
import { findToolFiles, toolEntries } from "./tool-files.ts";
import { VmError } from "./vm-error.ts";

const SAVE_LIMIT_MS = 30_000;
const POLL_MS = 5;

// The names inside a state's directory.
const IDENTITY = "identity.json";
const MEMORY = "memory";
const DEVICES = "devices";
const UNFINISHED = ".new-";

/** Directory of the fresh state for this machine, or undefined when there is none or it is stale. */
export function findState(input: BootInput): string | undefined {
  const directory = join(stateDirectory(), stateName(input.kernel, input.machine));
  let text: string;
  try {
    text = readFileSync(join(directory, IDENTITY), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const saved = JSON.parse(text) as StateIdentity;
  return isFresh(saved, machineIdentity(input.kernel, input.machine)) ? directory : undefined;
}

/**
 * Boots a guest, writes its state to disk and ends it. The state appears at its place when it is complete.
 * Gives undefined when another process is at it.
 *
 * @throws VmError VM_BOOT when the guest does not boot or QEMU cannot save it.
 */
export async function makeState(input: BootInput): Promise<string | undefined> {
  const place = join(stateDirectory(), stateName(input.kernel, input.machine));
  const lock = tryLock(`${place}.lock`);
  if (!lock) return undefined;
  try {
    removeUnfinished(place);
    return await makeStateAt(input, place);
  } finally {
    lock.release();
  }
}

async function makeStateAt(input: BootInput, place: string): Promise<string> {
  const work = mkdtempSync(`${place}${UNFINISHED}`);
  try {
    const tools = findToolFiles();
    const identity: StateIdentity = { machine: machineIdentity(input.kernel, input.machine), tools };
    await saveGuest(input, work, tools);
    writeFileSync(join(work, IDENTITY), JSON.stringify(identity), { mode: 0o600 });
    replaceDirectory(work, place);
    return place;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Starts a guest from a state; it has not yet shown that it lives.
 * @throws VmError VM_BOOT when QEMU does not take the state. The guest is then ended.
 */
export async function restoreGuest(input: BootInput, state: string): Promise<Guest> {
  const deviceState = openSync(join(state, DEVICES), "r");
  try {
    const memoryFile = { path: join(state, MEMORY), mode: "restore" } as const;
    const guest = talkTo(launchQemu({ ...input, deviceState, withQmp: true, memoryFile }));
    try {
      const qmp = await openMigration(guest);
      await qmp.execute("migrate-incoming", { uri: `fd:${guest.qemu.deviceState}` });
    } catch (error) {
      guest.qemu.kill();
      throw error;
    }
    return guest;
  } finally {
    closeSync(deviceState);
  }
}

/** Removes a state that did not restore. */
export function dropState(state: string): void {
  rmSync(state, { recursive: true, force: true });
}

// What a process left that was killed at it: some hundred megabytes.
function removeUnfinished(place: string): void {
  const prefix = `${basename(place)}${UNFINISHED}`;
  for (const name of readdirSync(dirname(place)))
    if (name.startsWith(prefix)) rmSync(join(dirname(place), name), { recursive: true, force: true });
}

async function saveGuest(input: BootInput, work: string, tools: StateIdentity["tools"]): Promise<void> {
  const guest = await bootGuest({
    ...input,
    writable: [],
    tools: toolEntries(tools, "tools"),
    withQmp: true,
    cwd: work,
    memoryFile: { path: join(work, MEMORY), mode: "save" },
  });
  try {
    await migrate(await openMigration(guest));
  } finally {
    guest.qemu.kill();
    await guest.qemu.ended;
  }
}

// Memory that is a file stays where it is: only the devices go through the stream.
async function openMigration(guest: Guest): Promise<Qmp> {
  const qmp = await openQmp(guest.qemu.qmp as Duplex);
  await qmp.execute("migrate-set-capabilities", {
    capabilities: [{ capability: "x-ignore-shared", state: true }],
  });
  return qmp;
}

// The memory is in its file already; QEMU stops the guest and writes what its devices hold.
async function migrate(qmp: Qmp): Promise<void> {
  await qmp.execute("migrate", { uri: `exec:cat > ${DEVICES}` });
  const deadline = Date.now() + SAVE_LIMIT_MS;
  for (;;) {
    const { status, ...rest } = (await qmp.execute("query-migrate")) as { status: string };
    if (status === "completed") return;
    if (status === "failed" || Date.now() > deadline)
      throw new VmError("VM_BOOT", `QEMU did not save the guest (${status})`, { cause: rest });
    await delay(POLL_MS);
  }
}

// A directory with content cannot be renamed over: the old one steps aside, and whoever runs from it keeps its files.
function replaceDirectory(from: string, to: string): void {
  const aside = `${from}.old`;
  try {
    renameSync(to, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  renameSync(from, to);
  rmSync(aside, { recursive: true, force: true });
}
