import assert from "node:assert/strict";
import { test } from "node:test";
import { Btf } from "../../../src/btf/btf.ts";
import { BpfError, UnsupportedError } from "../../../src/errors.ts";
import { inferConfig } from "../../../src/facts/infer-config.ts";
import { architectureOf, buildId, kernelIdentity } from "../../../src/facts/kernel-identity.ts";
import { optionName, parseConfig } from "../../../src/facts/parse-config.ts";
import { versionCode } from "../../../src/facts/version-code.ts";
import { BtfBuilder } from "../btf/build-btf.ts";

test("reads a configuration", () => {
  const config = parseConfig(
    [
      "#",
      "# Linux/x86 6.1.0 Kernel Configuration",
      "CONFIG_NET_NS=y",
      "CONFIG_XFS_FS=m",
      "# CONFIG_NUMA is not set",
      "CONFIG_OFF=n",
      "CONFIG_HZ=250\r",
      'CONFIG_LOCALVERSION="-a \\"b\\""',
      'CONFIG_EMPTY=""',
      "CONFIG_START=0xff000000",
      "garbage",
    ].join("\n"),
  );
  assert.deepEqual(Object.fromEntries(config), {
    NET_NS: "y",
    XFS_FS: "m",
    HZ: "250",
    LOCALVERSION: '-a "b"',
    EMPTY: "",
    START: "0xff000000",
  });
});

test("options with and without their prefix", () => {
  assert.equal(optionName("CONFIG_NET_NS"), "NET_NS");
  assert.equal(optionName("NET_NS"), "NET_NS");
});

const versions: [title: string, texts: Parameters<typeof versionCode>[0], code: number][] = [
  ["a plain release", { release: "6.18.44" }, 0x06122c],
  ["without a patch level", { release: "6.18-rc1" }, 0x061200],
  ["a patch level above 255", { release: "4.14.336-x" }, 0x040eff],
  [
    "Debian's uname -v",
    { release: "6.1.0-56-amd64", version: "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)" },
    0x0601c0,
  ],
  [
    "Debian's banner, whose compiler is Debian's too",
    {
      release: "6.1.0-56-amd64",
      version:
        "Linux version 6.1.0-56-amd64 (a@b) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld) #1 SMP Debian 6.1.192-2 (2026)",
    },
    0x0601c0,
  ],
  [
    "Ubuntu's signature",
    { release: "5.15.0-91-generic", signature: "Ubuntu 5.15.0-91.101-generic 5.15.131\n" },
    0x050f83,
  ],
];

for (const [title, texts, code] of versions) {
  test(`version code of ${title}`, () => assert.equal(versionCode(texts), code));
}

test("what is no version is refused", () => {
  assert.throws(
    () => versionCode({ release: "tomorrow" }),
    (error) => BpfError.is(error) && error.code === "KERNEL_VERSION",
  );
});

function note(name: string, type: number, data: number[]): Buffer {
  const head = Buffer.alloc(12);
  const text = Buffer.from(`${name}\0`);
  [text.length, data.length, type].forEach((word, i) => {
    head.writeUInt32LE(word, 4 * i);
  });
  const pad = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  return Buffer.concat([head, pad(text), pad(Buffer.from(data))]);
}

test("the build id is the GNU note of type 3", () => {
  const notes = Buffer.concat([note("Xen", 3, [9, 9, 9]), note("GNU", 1, [1]), note("GNU", 3, [0xab, 1, 2])]);
  assert.equal(buildId(notes), "ab0102");
  assert.equal(buildId(note("Xen", 3, [1])), undefined);
  assert.equal(buildId(notes.subarray(0, notes.length - 3)), undefined);
  const endless = Buffer.alloc(64, 0xff);
  assert.equal(buildId(endless), undefined);
});

test("one build has one identity", () => {
  const build = { notes: note("GNU", 3, [1, 2]), release: "6.1", architecture: "x86_64" } as const;
  const identity = kernelIdentity(build);
  assert.match(identity, /^[0-9a-f]{64}$/);
  assert.equal(
    kernelIdentity({ ...build, notes: Buffer.concat([note("Xen", 1, [5]), build.notes]) }),
    identity,
  );
  assert.notEqual(kernelIdentity({ ...build, notes: note("GNU", 3, [1, 3]) }), identity);
  assert.notEqual(kernelIdentity({ ...build, release: "6.2" }), identity);
  assert.notEqual(kernelIdentity({ ...build, architecture: "aarch64" }), identity);
  assert.throws(
    () => kernelIdentity({ ...build, notes: Buffer.alloc(0) }),
    (error) => BpfError.is(error) && error.code === "KERNEL_BUILD_ID",
  );
});

test("unknown machines are refused", () => {
  assert.equal(architectureOf("aarch64"), "aarch64");
  assert.throws(() => architectureOf("riscv64"), UnsupportedError);
});

test("options are told from types and symbols", () => {
  const b = new BtfBuilder();
  const pointer = b.pointer(0);
  b.typedef("possible_net_t", b.struct("", 8, [["net", pointer, 0]]));
  b.struct("task_struct", 8, [["stack_canary", pointer, 0]]);
  const kernel = {
    btf: Btf.parse(b.bytes()),
    architecture: "aarch64",
    hasSymbol: (name: string) => name === "__arm64_sys_read",
  } as const;
  for (const option of ["NET_NS", "ARM64", "STACKPROTECTOR", "ARCH_HAS_SYSCALL_WRAPPER"]) {
    assert.equal(inferConfig(option, kernel), "y", option);
  }
  for (const option of ["NUMA", "X86_64", "SLUB", "MEMCG", "X86_5LEVEL", "NEVER_HEARD_OF", "constructor"]) {
    assert.equal(inferConfig(option, kernel), undefined, option);
  }
  const empty = new BtfBuilder();
  empty.typedef("possible_net_t", empty.struct("", 0, []));
  assert.equal(inferConfig("NET_NS", { ...kernel, btf: Btf.parse(empty.bytes()) }), undefined);
});
