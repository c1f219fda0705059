import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What a guest's kernel has as modules and bcc's tools trace. */
const TRACED = ["ext4"];

/** Loads modules out of a guest's directory of them, with what they depend on; undefined: nothing is to be done. */
export function loadModules(directory: string | undefined): void {
  if (directory === undefined) return;
  const table = readFileSync(join(directory, "modules.dep"), "utf8");
  for (const name of TRACED) {
    const needed = new RegExp(`^${name}\\.ko:(.*)$`, "m").exec(table)?.[1]?.trim().split(" ") ?? [];
    for (const file of [...needed.filter((word) => word !== ""), `${name}.ko`]) {
      // One that is there already is refused, which is all that can happen to it.
      spawnSync("busybox", ["insmod", join(directory, file)]);
    }
  }
}
