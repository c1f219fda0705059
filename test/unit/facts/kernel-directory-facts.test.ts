import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { BpfError } from "../../../src/errors.ts";
import { factsFromKernelDirectory } from "../../../src/facts/kernel-directory-facts.ts";
import { kernelIdentity } from "../../../src/facts/kernel-identity.ts";
import { compileObject } from "../btf/compile-object.ts";

const RELEASE = "6.7.8-test";
const BUILD_ID_NOTE = "040000000400000003000000474e550011223344";

/** An object that looks like vmlinux to a reader: notes, banner, types, and x86-64 in its head. */
function makeVmlinux(): Buffer {
  const bytes = BUILD_ID_NOTE.match(/../g)?.map((byte) => `0x${byte}`);
  const image = compileObject(`
    struct file { int a; long b; } file_of_the_kernel;
    const unsigned char note[] __attribute__((section(".notes"))) = { ${bytes?.join(", ")} };
    const char banner[] = "Linux version ${RELEASE} (a@b) (gcc (Debian 12.2.0) 12) #1 SMP Debian 6.7.9-1 (2026)\\n";
    int in_btf(void) { return 1; }
  `);
  image.writeUInt16LE(62, 18);
  return image;
}

function withDirectory(files: Record<string, string | Buffer>, use: (directory: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "bcc-ts-facts-"));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
    use(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const isMissing = (error: unknown): boolean => BpfError.is(error) && error.code === "FACTS_MISSING";
const release = `${RELEASE}\n`;
const vmlinux = makeVmlinux();

test("facts from the files of a kernel", () => {
  const map = Array.from({ length: 40 }, (_, i) => `ffffffff8100000${i} T function_${i}\n`).join("");
  withDirectory({ vmlinux, release, config: "CONFIG_NET_NS=y\n", "System.map": map }, (directory) => {
    const facts = factsFromKernelDirectory(directory);
    assert.equal(facts.release, RELEASE);
    assert.equal(facts.versionCode, 0x060709);
    assert.equal(facts.architecture, "x86_64");
    assert.equal(facts.btf.sizeOf(facts.btf.find("struct", "file") ?? 0), 16);
    assert.equal(facts.config("CONFIG_NET_NS"), "y");
    assert.equal(facts.config("NUMA"), undefined);
    assert.equal(facts.hasSymbol("function_39"), true);
    assert.equal(facts.hasSymbol("function_"), false);
    assert.deepEqual(facts.tracepoints(), []);
    assert.throws(() => facts.tracepointFormat("sched", "sched_switch"), isMissing);
  });
});

test("the identity is the running kernel's of the same build", () => {
  withDirectory({ vmlinux, release }, (directory) => {
    // As /sys/kernel/notes has them: the build's notes, other notes around them.
    const notes = Buffer.concat([
      Buffer.from("04000000000000000900000058656e00", "hex"),
      Buffer.from(BUILD_ID_NOTE, "hex"),
    ]);
    const running = kernelIdentity({ notes, release: RELEASE, architecture: "x86_64" });
    assert.equal(factsFromKernelDirectory(directory).identity, running);
  });
});

test("a System.map that is only a pointer to another is no symbol table", () => {
  const map = "ffffffffffffffff B The real System.map is elsewhere\n";
  withDirectory({ vmlinux, release, "System.map": map }, (directory) => {
    const facts = factsFromKernelDirectory(directory);
    assert.equal(facts.hasSymbol("in_btf"), true);
    assert.throws(() => facts.hasSymbol("static_thing"), isMissing);
    assert.throws(() => facts.config("NET_NS"), isMissing);
  });
});

test("files of two kernels are refused", () => {
  withDirectory({ vmlinux, release: "6.7.9-test\n" }, (directory) => {
    assert.throws(
      () => factsFromKernelDirectory(directory),
      (error) => BpfError.is(error) && error.code === "KERNEL_RELEASE",
    );
  });
});
