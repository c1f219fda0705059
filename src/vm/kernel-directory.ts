import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFile } from "../package-root.ts";
import { VmError } from "./vm-error.ts";

/** A kernel that a guest can boot, as the set-up unpacked it. */
export interface GuestKernel {
  /** Short name, for instance "6.12". */
  readonly name: string;
  /** What `uname -r` says in the guest. */
  readonly release: string;
  /** Holds `vmlinux`, `config`, `System.map`, `modules/` and `release`. */
  readonly directory: string;
}

const SETUP_HINT = "run `node vendor/setup.mjs` in the directory of bcc-ts";

/** Where the kernels are: `BCC_TS_KERNELS`, or `vendor/kernels` in this package. */
export function kernelsDirectory(): string {
  return process.env.BCC_TS_KERNELS ?? packageFile("vendor", "kernels");
}

/** The kernels that the set-up brought, oldest first. */
export function availableKernels(): GuestKernel[] {
  const directory = kernelsDirectory();
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => !name.startsWith(".") && existsSync(join(directory, name, "vmlinux")))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .map((name) => describe(name, join(directory, name)));
}

/** @throws VmError VM_MISSING when the kernel was not brought. */
export function findKernel(name: string): GuestKernel {
  const kernels = availableKernels();
  const found = kernels.find((kernel) => kernel.name === name);
  if (found) return found;
  const names = kernels.map((kernel) => kernel.name).join(", ") || "none";
  throw new VmError(
    "VM_MISSING",
    `there is no guest kernel "${name}" in ${kernelsDirectory()} (there: ${names})`,
    {
      hint: SETUP_HINT,
    },
  );
}

function describe(name: string, directory: string): GuestKernel {
  return { name, release: readFileSync(join(directory, "release"), "utf8").trim(), directory };
}
