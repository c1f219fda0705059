import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CpioEntry, writeCpio } from "./cpio.ts";
import { guestFiles, guestPrograms } from "./guest-init.ts";
import type { GuestKernel } from "./kernel-directory.ts";
import { VmError } from "./vm-error.ts";

const DIRECTORIES = [
  "bin",
  "dev",
  "etc",
  "host",
  "modules",
  "proc",
  "root",
  "run",
  "scratch",
  "sys",
  "tools",
];
const BUSYBOX = ["/bin/busybox", "/usr/bin/busybox"];

/** The guest's initial file system: busybox, the guest's scripts, the kernel's modules and the hot tools. */
export function buildInitramfs(kernel: GuestKernel, tools: readonly CpioEntry[] = []): Buffer {
  const modules = readFileSync(join(kernel.directory, "modules/boot-order"), "utf8");
  const names = modules.split("\n").filter(Boolean);
  return writeCpio([
    ...DIRECTORIES.map((path): CpioEntry => ({ path, kind: "directory" })),
    { path: "dev/console", kind: "character-device", mode: 0o600, device: [5, 1] },
    { path: "bin/busybox", kind: "file", data: readBusybox() },
    ...guestPrograms.map((name): CpioEntry => ({ path: `bin/${name}`, kind: "link", data: "busybox" })),
    ...Object.entries(guestFiles).map(([path, data]): CpioEntry => ({ path, kind: "file", data })),
    { path: "modules/boot-order", kind: "file", mode: 0o644, data: modules },
    ...names.map(
      (name): CpioEntry => ({
        path: `modules/${name}`,
        kind: "file",
        mode: 0o644,
        data: readFileSync(join(kernel.directory, "modules", name)),
      }),
    ),
    ...tools,
  ]);
}

function readBusybox(): Buffer {
  for (const path of BUSYBOX) {
    try {
      const bytes = readFileSync(path);
      if (isStatic(bytes)) return bytes;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  throw new VmError("VM_MISSING", "there is no statically linked busybox", {
    hint: "run `node vendor/setup.mjs`, or install the package busybox-static",
  });
}

// A dynamically linked program names its interpreter in a program header of type 3.
function isStatic(elf: Buffer): boolean {
  if (elf.toString("latin1", 0, 4) !== "\x7fELF") return false;
  const table = Number(elf.readBigUInt64LE(0x20));
  const size = elf.readUInt16LE(0x36);
  const count = elf.readUInt16LE(0x38);
  return Array.from({ length: count }, (_, index) => elf.readUInt32LE(table + index * size)).every(
    (type) => type !== 3,
  );
}
