import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { release } from "node:os";
import { packageFile } from "../../src/package-root.ts";

/** A block device that keeps nothing, by modules of a guest's kernel. Elsewhere there is none. */
export function makeDisk(): void {
  const modules = packageFile("vendor", "kernels", release().split(".").slice(0, 2).join("."), "modules");
  if (!existsSync(modules)) return;
  spawnSync("busybox", ["insmod", `${modules}/configfs.ko`], { stdio: "inherit" });
  spawnSync("busybox", ["insmod", `${modules}/null_blk.ko`, "nr_devices=1", "gb=1"], { stdio: "inherit" });
}
