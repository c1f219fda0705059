import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { ElfImage } from "../btf/elf-image.ts";
import { BpfError } from "../errors.ts";

/** By device, inode, size and time of the last change: one file has many paths. */
const known = new Map<string, ElfImage>();
const MOST_KNOWN = 64;

/** A process whose addresses are asked for can have put anything at the path: a pipe would be waited for. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** The headers and symbols of an executable or library, kept until the file changes. Throws BpfError "ELF". */
export function readElf(path: string): ElfImage {
  const fd = openSync(path, FLAGS);
  try {
    const status = fstatSync(fd);
    if (!status.isFile()) throw new BpfError("ELF", `${path} is no file`);
    const { dev, ino, size, mtimeMs } = status;
    const identity = `${dev}:${ino}:${size}:${mtimeMs}`;
    const earlier = known.get(identity);
    if (earlier !== undefined) return earlier;
    const image = ElfImage.read((offset, length) => readPart(fd, offset, length, size));
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(identity, image);
    return image;
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
