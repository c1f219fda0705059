// Takes the uncompressed kernel (an ELF file) out of an x86 bzImage.
// QEMU boots that ELF through its PVH entry, which spares the guest the decompression: seconds under emulation.
import { spawnSync } from "node:child_process";
import { gunzipSync } from "node:zlib";
import { SetupError } from "./setup-error.mjs";

/** Offsets in the setup header, Documentation/arch/x86/boot.rst of the kernel. */
const SETUP_SECTS = 0x1f1;
const HEADER_MAGIC = 0x202;
const PROTOCOL_VERSION = 0x206;
const PAYLOAD_OFFSET = 0x248;
const PAYLOAD_LENGTH = 0x24c;

/**
 * @typedef {object} Format
 * @property {string} name
 * @property {readonly number[]} magic first bytes of the payload
 * @property {(payload: Buffer) => Buffer} decompress
 */

/** @type {readonly Format[]} */
const formats = [
  { name: "gzip", magic: [0x1f, 0x8b], decompress: (payload) => gunzipSync(payload) },
  { name: "xz", magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], decompress: (payload) => filter("xz", payload) },
  { name: "zstd", magic: [0x28, 0xb5, 0x2f, 0xfd], decompress: (payload) => filter("zstd", payload) },
];

/**
 * The ELF file inside a bzImage.
 * @param {Buffer} image
 * @returns {Buffer}
 */
export function extractVmlinux(image) {
  if (image.length < 0x260 || image.toString("latin1", HEADER_MAGIC, HEADER_MAGIC + 4) !== "HdrS")
    throw new SetupError("the kernel image is not an x86 bzImage");
  if (image.readUInt16LE(PROTOCOL_VERSION) < 0x208)
    throw new SetupError("the kernel image is too old to say where its payload is (boot protocol < 2.08)");
  const sectors = image.readUInt8(SETUP_SECTS) || 4;
  const start = (sectors + 1) * 512 + image.readUInt32LE(PAYLOAD_OFFSET);
  const payload = image.subarray(start, start + image.readUInt32LE(PAYLOAD_LENGTH));
  const format = formats.find(({ magic }) => magic.every((byte, index) => payload[index] === byte));
  if (!format) {
    const magic = payload.toString("hex", 0, 6);
    throw new SetupError(`the kernel image is compressed in an unknown format (magic ${magic})`);
  }
  // The kernel's build appends the uncompressed size, which xz and zstd would take for garbage.
  const elf = format.decompress(format.name === "gzip" ? payload : payload.subarray(0, payload.length - 4));
  if (elf.toString("latin1", 0, 4) !== "\x7fELF")
    throw new SetupError(`the ${format.name} payload of the kernel image is not an ELF file`);
  return elf;
}

/**
 * Decompresses with a program that reads standard input.
 * @param {"xz" | "zstd"} program
 * @param {Buffer} input
 * @returns {Buffer}
 */
export function filter(program, input) {
  const { stdout, stderr, status, error } = spawnSync(program, ["-dc"], { input, maxBuffer: 1 << 30 });
  if (error)
    throw new SetupError(
      `${program} does not run: ${error.message}`,
      `apt-get install ${program === "xz" ? "xz-utils" : program}`,
    );
  if (status !== 0) throw new SetupError(`${program} cannot decompress: ${stderr.toString().trim()}`);
  return stdout;
}
