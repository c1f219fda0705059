// Kernel modules as Debian ships them: found in the unpacked package, decompressed, freed of their signature, in load order.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { SetupError } from "./setup-error.mjs";
import { filter } from "./vmlinuz.mjs";

const SIGNATURE_MARK = "~Module signature appended~\n";
/** struct module_signature: the last of its 12 bytes are the signature's length, big-endian. */
const SIGNATURE_HEADER = 12;

/**
 * Name of a module as the kernel spells it: file names mix "-" and "_".
 * @param {string} file
 */
export function moduleName(file) {
  return basename(file)
    .replace(/\.ko(\.xz|\.zst|\.gz)?$/, "")
    .replaceAll("-", "_");
}

/**
 * Content of a module file, decompressed and without signature: to check one under emulation is slow,
 * and a kernel that does not insist loads it without.
 * @param {string} file
 * @returns {Buffer}
 */
export function readModule(file) {
  return stripSignature(decompress(file, readFileSync(file)));
}

/**
 * @param {string} file its ending names the compression
 * @param {Buffer} bytes
 * @returns {Buffer}
 */
function decompress(file, bytes) {
  if (file.endsWith(".xz")) return filter("xz", bytes);
  if (file.endsWith(".zst")) return filter("zstd", bytes);
  if (file.endsWith(".gz")) return gunzipSync(bytes);
  return bytes;
}

/**
 * @param {Buffer} bytes
 * @returns {Buffer}
 */
export function stripSignature(bytes) {
  const mark = bytes.length - SIGNATURE_MARK.length;
  if (mark < SIGNATURE_HEADER || bytes.toString("latin1", mark) !== SIGNATURE_MARK) return bytes;
  const length = bytes.readUInt32BE(mark - 4);
  return bytes.subarray(0, mark - SIGNATURE_HEADER - length);
}

/**
 * The `depends=` entry of a module's .modinfo section.
 * @param {Buffer} elf
 * @returns {string[]}
 */
export function moduleDependencies(elf) {
  const info = sectionOf(elf, ".modinfo");
  const entry = info
    .toString("latin1")
    .split("\0")
    .find((line) => line.startsWith("depends="));
  return (entry ?? "depends=").slice("depends=".length).split(",").filter(Boolean).map(moduleName);
}

/**
 * A section of a 64-bit little-endian ELF file.
 * @param {Buffer} elf
 * @param {string} wanted
 */
function sectionOf(elf, wanted) {
  const table = Number(elf.readBigUInt64LE(0x28));
  const entrySize = elf.readUInt16LE(0x3a);
  const count = elf.readUInt16LE(0x3c);
  /** @param {number} index */
  const bytesOf = (index) => {
    const header = table + index * entrySize;
    const start = Number(elf.readBigUInt64LE(header + 0x18));
    return elf.subarray(start, start + Number(elf.readBigUInt64LE(header + 0x20)));
  };
  const names = bytesOf(elf.readUInt16LE(0x3e));
  for (let index = 0; index < count; index++) {
    const start = elf.readUInt32LE(table + index * entrySize);
    if (names.toString("latin1", start, names.indexOf(0, start)) === wanted) return bytesOf(index);
  }
  return Buffer.alloc(0);
}

/**
 * The wanted modules and what they depend on, dependencies first. A name that is built into the kernel gives nothing.
 * @param {string} tree the directory lib/modules/<release>
 * @param {readonly string[]} wanted
 * @returns {{ name: string, bytes: Buffer }[]}
 */
export function collectModules(tree, wanted) {
  const files = new Map(
    readdirSync(tree, { recursive: true, encoding: "utf8" })
      .filter((path) => /\.ko(\.xz|\.zst|\.gz)?$/.test(path))
      .map((path) => [moduleName(path), join(tree, path)]),
  );
  const builtin = new Set(readFileSync(join(tree, "modules.builtin"), "utf8").split("\n").map(moduleName));
  /** @type {Map<string, Buffer>} */
  const found = new Map();
  /** @param {string} name */
  const visit = (name) => {
    if (found.has(name) || builtin.has(name)) return;
    const file = files.get(name);
    if (!file) throw new SetupError(`the kernel package has no module ${name}`);
    const bytes = readModule(file);
    for (const dependency of moduleDependencies(bytes)) visit(dependency);
    found.set(name, bytes);
  };
  for (const name of wanted) visit(name);
  return [...found].map(([name, bytes]) => ({ name, bytes }));
}
