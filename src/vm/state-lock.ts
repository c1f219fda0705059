import { readFileSync, rmSync, writeFileSync } from "node:fs";

/**
 * Takes a lock file that names this process, or gives undefined while another living process holds it.
 * It only spares work that would be done twice: what it guards must be safe without it.
 */
export function tryLock(path: string): { release(): void } | undefined {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(path, String(process.pid), { flag: "wx", mode: 0o600 });
      return { release: () => rmSync(path, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    if (holderLives(path)) return undefined;
    rmSync(path, { force: true });
  }
  return undefined;
}

function holderLives(path: string): boolean {
  try {
    process.kill(Number(readFileSync(path, "utf8")) || -1, 0);
    return true;
  } catch (error) {
    // EPERM is a living process of someone else; a vanished file or process is no holder.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
