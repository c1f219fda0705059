/**
 * Makes a directory that record.ts reads out of a kernel of another machine kind, as Debian packs it
 * (`apt-get download linux-image-...-arm64`, `dpkg-deb --fsys-tarfile`): arm64's Image is no ELF file, but holds its
 * BTF and build id as they are.
 *
 *   node dist/test/facts/image-to-elf.js boot/vmlinuz-6.1.0-56-arm64 DIRECTORY
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const AARCH64 = 183;
const BTF_HEADER = Buffer.from("9feb010018000000", "hex");
/** The module's own BTF and that of examples are small. */
const LEAST_TYPES = 100_000;
const BUILD_ID = Buffer.from("040000001400000003000000474e5500", "hex");
const BUILD_ID_BYTES = 36;

const [image, directory] = process.argv.slice(2);
if (image === undefined || directory === undefined) throw new Error("usage: image-to-elf IMAGE DIRECTORY");
const release = basename(image).replace("vmlinuz-", "");
const bytes = readFileSync(image);
const btfAt = findBtf(bytes);
const noteAt = bytes.lastIndexOf(BUILD_ID, btfAt);
const bannerAt = bytes.indexOf(`Linux version ${release} (`);
const [headerSize, , , stringsAt, stringsSize] = [4, 8, 12, 16, 20].map((at) =>
  bytes.readUInt32LE(btfAt + at),
);
mkdirSync(directory, { recursive: true });
writeFileSync(
  join(directory, "vmlinux"),
  elf([
    [".BTF", bytes.subarray(btfAt, btfAt + (headerSize ?? 0) + (stringsAt ?? 0) + (stringsSize ?? 0))],
    [".notes", bytes.subarray(noteAt, noteAt + BUILD_ID_BYTES)],
    [".rodata", bytes.subarray(bannerAt, bytes.indexOf(0, bannerAt) + 1)],
  ]),
);
writeFileSync(join(directory, "release"), `${release}\n`);
for (const name of ["config", "System.map"]) {
  copyFileSync(join(dirname(image), `${name}-${release}`), join(directory, name));
}

function findBtf(within: Buffer): number {
  for (let at = within.indexOf(BTF_HEADER); at >= 0; at = within.indexOf(BTF_HEADER, at + 1)) {
    if (within.readUInt32LE(at + 12) > LEAST_TYPES) return at;
  }
  throw new Error("the image holds no BTF");
}

/** A 64-bit file of these sections and nothing else. */
function elf(contents: readonly (readonly [name: string, content: Buffer])[]): Buffer {
  const names = Buffer.from(`\0${[...contents.map(([name]) => name), ".shstrtab"].join("\0")}\0`);
  const all = [...contents, [".shstrtab", names] as const];
  const headers = [Buffer.alloc(64)];
  const bodies: Buffer[] = [];
  let offset = 64;
  for (const [name, content] of all) {
    const header = Buffer.alloc(64);
    header.writeUInt32LE(names.indexOf(`${name}\0`), 0);
    header.writeUInt32LE(name === ".shstrtab" ? 3 : name === ".notes" ? 7 : 1, 4);
    header.writeBigUInt64LE(BigInt(offset), 24);
    header.writeBigUInt64LE(BigInt(content.length), 32);
    headers.push(header);
    bodies.push(content);
    offset += content.length;
  }
  const start = Buffer.alloc(64);
  Buffer.from("7f454c46020101", "hex").copy(start);
  start.writeUInt16LE(2, 16);
  start.writeUInt16LE(AARCH64, 18);
  start.writeUInt32LE(1, 20);
  start.writeBigUInt64LE(BigInt(offset), 40);
  for (const [at, value] of [
    [52, 64],
    [58, 64],
    [60, headers.length],
    [62, headers.length - 1],
  ] as const) {
    start.writeUInt16LE(value, at);
  }
  return Buffer.concat([start, ...bodies, ...headers]);
}
