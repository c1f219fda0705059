import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const file = join(dirname(fileURLToPath(import.meta.url)), "state", "setup.lock");

/**
 * Does the work when no other set-up of this clone is at it; waits for that one otherwise.
 * @param {() => Promise<void>} work
 */
export async function whileAlone(work) {
  mkdirSync(dirname(file), { recursive: true });
  for (let told = false; !take(); await delay(500)) {
    if (!told) console.log("another set-up is running; waiting for it");
    told = true;
  }
  const release = () => rmSync(file, { force: true });
  const stop = () => process.exit(130); // runs the exit handler
  process.once("exit", release).once("SIGINT", stop).once("SIGTERM", stop);
  try {
    await work();
  } finally {
    release();
    process.off("exit", release).off("SIGINT", stop).off("SIGTERM", stop);
  }
}

/** Whether the lock is ours now. A lock whose process is gone is taken away first. */
function take() {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
  }
  if (!holderLives()) rmSync(file, { force: true });
  return false;
}

function holderLives() {
  try {
    process.kill(Number(readFileSync(file, "utf8")) || process.pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}
