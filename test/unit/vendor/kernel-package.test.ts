import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { packageRoot } from "../../../src/package-root.ts";
import { availableKernels } from "../../../src/vm/kernel-directory.ts";

interface Vmlinuz {
  extractVmlinux(image: Buffer): Buffer;
}
interface KernelModules {
  stripSignature(bytes: Buffer): Buffer;
  moduleDependencies(elf: Buffer): string[];
  moduleName(file: string): string;
}

// Plain JavaScript outside the compiled tree.
const vendor = (file: string) => import(join(packageRoot(), "vendor", file));
const { extractVmlinux } = (await vendor("vmlinuz.mjs")) as Vmlinuz;
const { moduleDependencies, moduleName, stripSignature } = (await vendor(
  "kernel-modules.mjs",
)) as KernelModules;

const elf = Buffer.concat([Buffer.from("\x7fELF"), randomBytes(1000)]);

/** A bzImage of three setup sectors around a payload. */
function image(payload: Buffer): Buffer {
  const header = Buffer.alloc(4 * 512);
  header.writeUInt8(3, 0x1f1);
  header.write("HdrS", 0x202, "latin1");
  header.writeUInt16LE(0x20f, 0x206);
  header.writeUInt32LE(16, 0x248);
  header.writeUInt32LE(payload.length, 0x24c);
  return Buffer.concat([header, Buffer.alloc(16), payload, randomBytes(100)]);
}

const size = Buffer.alloc(4, 7); // what the kernel's build appends
const payloads: readonly (readonly [name: string, pack: (bytes: Buffer) => Buffer])[] = [
  ["gzip", (bytes) => gzipSync(bytes)],
  ["xz", (input) => Buffer.concat([execFileSync("xz", ["-c"], { input }), size])],
  ["zstd", (input) => Buffer.concat([execFileSync("zstd", ["-qc"], { input }), size])],
];

for (const [name, pack] of payloads)
  test(`the kernel in a bzImage with ${name}`, () => {
    assert.deepEqual(extractVmlinux(image(pack(elf))), elf);
  });

test("an image that is none, or holds no kernel, is refused", () => {
  assert.throws(() => extractVmlinux(randomBytes(2048)), /not an x86 bzImage/);
  assert.throws(() => extractVmlinux(image(randomBytes(64).fill(1, 0, 4))), /unknown format/);
  assert.throws(() => extractVmlinux(image(gzipSync(Buffer.from("text")))), /not an ELF/);
});

test("a module's signature is cut off, and nothing else", () => {
  const body = randomBytes(500);
  const signature = randomBytes(300);
  const header = Buffer.alloc(12);
  header.writeUInt32BE(signature.length, 8);
  const signed = Buffer.concat([body, signature, header, Buffer.from("~Module signature appended~\n")]);
  assert.deepEqual(stripSignature(signed), body);
  assert.deepEqual(stripSignature(body), body);
});

test("module names are spelled as the kernel does", () => {
  assert.equal(moduleName("kernel/net/9p/9pnet-virtio.ko.xz"), "9pnet_virtio");
});

test("a module names what it depends on", () => {
  const kernel = availableKernels().at(-1);
  assert.ok(kernel, "no guest kernel was brought: node vendor/setup.mjs");
  const read = (name: string) =>
    moduleDependencies(readFileSync(join(kernel.directory, "modules", `${name}.ko`)));
  assert.deepEqual(read("9pnet_virtio"), ["9pnet"]);
  assert.deepEqual(read("overlay"), []);
});
