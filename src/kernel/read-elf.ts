import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { ElfImage } from "../btf/elf-image.ts";
import { ElfSectionReader } from "../btf/elf-section-reader.ts";
import type { ReadBytes } from "../btf/elf-sections.ts";
import { BpfError } from "../errors.ts";

/** By device, inode, size and time of the last change: one file has many paths. */
const known = new Map<string, ElfImage>();
const MOST_KNOWN = 64;

/** A process whose addresses are asked for can have put anything at the path: a pipe would be waited for. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** The headers and symbols of an executable or library, kept until the file changes. Throws BpfError "ELF". */
export function readElf(path: string): ElfImage {
  return withFile(path, (read, identity) => {
    const earlier = known.get(identity);
    if (earlier !== undefined) return earlier;
    const image = ElfImage.read(read);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(identity, image);
    return image;
  });
}

/** The same file's sections, for as long as `body` runs. Throws BpfError "ELF". */
export function withSections<T>(path: string, body: (sections: ElfSectionReader) => T): T {
  return withFile(path, (read) => body(new ElfSectionReader(read)));
}

function withFile<T>(path: string, body: (read: ReadBytes, identity: string) => T): T {
  const fd = openSync(path, FLAGS);
  try {
    const status = fstatSync(fd);
    if (!status.isFile()) throw new BpfError("ELF", `${path} is no file`);
    const { dev, ino, size, mtimeMs } = status;
    const read: ReadBytes = (offset, length) => readPart(fd, offset, length, size);
    return body(read, `${dev}:${ino}:${size}:${mtimeMs}`);
  } finally {
    closeSync(fd);
  }
}

function readPart(fd: number, offset: number, length: number, fileSize: number): Uint8Array {
  // A damaged header may ask for any number of bytes.
  const bytes = new Uint8Array(Math.max(0, Math.min(length, fileSize - offset)));
  let done = 0;
  while (done < bytes.length) {
    const count = readSync(fd, bytes, done, bytes.length - done, offset + done);
    if (count === 0) break;
    done += count;
  }
  return bytes.subarray(0, done);
}
