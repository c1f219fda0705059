import { createHash } from "node:crypto";
import { BpfError, UnsupportedError } from "../errors.ts";
import type { Architecture } from "./kernel-facts.ts";

const NT_GNU_BUILD_ID = 3;

/** What tells one build of a kernel from another. */
export interface BuildMarks {
  /** ELF notes: section .notes of vmlinux, /sys/kernel/notes of the running kernel. */
  readonly notes: Uint8Array;
  readonly release: string;
  readonly architecture: Architecture;
}

/** The same text for the running kernel and for the vmlinux of the same build, another for any other build. */
export function kernelIdentity(marks: BuildMarks): string {
  const id = buildId(marks.notes);
  if (id === undefined) {
    throw new BpfError("KERNEL_BUILD_ID", "the kernel has no build id", {
      hint: "It was linked without --build-id; link it with it.",
    });
  }
  const text = `${id}\n${marks.release}\n${marks.architecture}`;
  return createHash("sha256").update(text).digest("hex");
}

/** The build id among ELF notes, in hexadecimal. */
export function buildId(notes: Uint8Array): string | undefined {
  const view = new DataView(notes.buffer, notes.byteOffset, notes.byteLength);
  let at = 0;
  while (at + 12 <= notes.length) {
    const nameSize = view.getUint32(at, true);
    const dataSize = view.getUint32(at + 4, true);
    const type = view.getUint32(at + 8, true);
    const nameAt = at + 12;
    const dataAt = nameAt + padded(nameSize);
    const end = dataAt + dataSize;
    if (end > notes.length) return undefined;
    const name = Buffer.from(notes.buffer, notes.byteOffset + nameAt, nameSize).toString("latin1");
    if (type === NT_GNU_BUILD_ID && name === "GNU\0") {
      return Buffer.from(notes.buffer, notes.byteOffset + dataAt, dataSize).toString("hex");
    }
    at = dataAt + padded(dataSize);
  }
  return undefined;
}

function padded(size: number): number {
  return Math.ceil(size / 4) * 4;
}

/** The architecture by the name that `uname -m` has for it. */
export function architectureOf(machine: string): Architecture {
  if (machine === "x86_64" || machine === "aarch64") return machine;
  throw new UnsupportedError("architecture", `the architecture ${machine} is not supported`, {
    hint: "Use a machine with x86_64 or aarch64.",
  });
}
