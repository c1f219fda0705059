/** One entry of an archive. Parents must come before what they hold. */
export interface CpioEntry {
  /** Path without a leading slash. */
  readonly path: string;
  readonly kind: "file" | "directory" | "link" | "character-device";
  /** Permission bits; by default 0755. */
  readonly mode?: number;
  /** Content of a file, or the target of a link. */
  readonly data?: Uint8Array | string;
  /** Seconds since 1970; by default 0. */
  readonly time?: number;
  /** Major and minor number of a device. */
  readonly device?: readonly [major: number, minor: number];
}

const TYPE_BITS = { file: 0o100000, directory: 0o040000, link: 0o120000, "character-device": 0o020000 };
const TRAILER: CpioEntry = { path: "TRAILER!!!", kind: "file", mode: 0 };

/**
 * Writes an uncompressed "newc" cpio archive, the format in which Linux takes its initial file system.
 * Owner is root, so that equal entries give equal bytes.
 */
export function writeCpio(entries: readonly CpioEntry[]): Buffer {
  const parts: Buffer[] = [];
  entries.forEach((entry, index) => {
    parts.push(...encodeEntry(entry, index + 1));
  });
  parts.push(...encodeEntry(TRAILER, 0));
  return Buffer.concat(parts);
}

function encodeEntry(entry: CpioEntry, inode: number): Buffer[] {
  const name = Buffer.from(`${entry.path}\0`);
  const data = Buffer.from(entry.data ?? "");
  const [major, minor] = entry.device ?? [0, 0];
  const fields = [
    inode,
    entry === TRAILER ? 0 : TYPE_BITS[entry.kind] | (entry.mode ?? 0o755),
    0, // uid
    0, // gid
    entry.kind === "directory" ? 2 : 1, // links
    entry.time ?? 0,
    data.length,
    0, // device that holds the file
    0,
    major,
    minor,
    name.length,
    0, // checksum, unused in this variant
  ];
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}`);
  return [header, name, padding(header.length + name.length), data, padding(data.length)];
}

// Names and contents end on multiples of four bytes.
function padding(length: number): Buffer {
  return Buffer.alloc((4 - (length % 4)) % 4);
}
