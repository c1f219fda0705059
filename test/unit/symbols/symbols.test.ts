import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { processLibrary } from "../../../src/ffi/library.ts";
import { findLibrary } from "../../../src/kernel/find-binary.ts";
import { processMaps } from "../../../src/kernel/process-maps.ts";
import { readElf } from "../../../src/kernel/read-elf.ts";
import { demangle } from "../../../src/symbols/demangle.ts";
import { KernelAddresses } from "../../../src/symbols/kernel-addresses.ts";
import { ProcessAddresses } from "../../../src/symbols/process-addresses.ts";
import { formatSymbol } from "../../../src/symbols/symbol.ts";

const KALLSYMS = `0000000000000000 A fixed_percpu_data
ffffffff81000000 T _text
ffffffff81000100 t first
ffffffff81000100 T second
ffffffff81000180 D some_data
ffffffff81000200 W weak
ffffffffc0200000 t in_module\t[nfs]
ffffffffc0100000 t in_other\t[kvm]
`;

const KERNEL: readonly [address: bigint, name: string | undefined, offset?: number, module?: string][] = [
  [0n, undefined],
  [0xffffffff80ffffffn, undefined],
  [0xffffffff81000000n, "_text", 0],
  [0xffffffff810000ffn, "_text", 0xff],
  [0xffffffff81000100n, "first", 0],
  [0xffffffff81000190n, "first", 0x90],
  [0xffffffff81000201n, "weak", 1],
  [0xffffffffc0100004n, "in_other", 4, "kvm"],
  [0xffffffffc0200010n, "in_module", 0x10, "nfs"],
];

test("kernel addresses have the function that begins last before them", () => {
  const addresses = new KernelAddresses(KALLSYMS);
  for (const [address, name, offset, module] of KERNEL) {
    const expected = name === undefined ? undefined : { name, offset, module };
    assert.deepEqual(addresses.resolve(address), expected, address.toString(16));
  }
});

test("a kernel that hides its addresses has no names for them", () => {
  const hidden = new KernelAddresses(KALLSYMS.replace(/^[0-9a-f]{16}/gm, "0".repeat(16)));
  assert.equal(hidden.resolve(0xffffffff81000100n), undefined);
});

test("symbols are written as bcc writes them", () => {
  const symbol = { name: "malloc", offset: 0x1f, module: "/lib/libc.so.6" };
  assert.equal(formatSymbol(symbol), "malloc");
  assert.equal(formatSymbol(symbol, { showOffset: true }), "malloc+0x1f");
  assert.equal(formatSymbol(symbol, { showOffset: true, showModule: true }), "malloc+0x1f [libc.so.6]");
  assert.equal(
    formatSymbol({ ...symbol, module: undefined }, { showModule: true }, "kernel"),
    "malloc [kernel]",
  );
  assert.equal(formatSymbol({ module: "/bin/a" }, { showOffset: true, showModule: true }), "[unknown] [a]");
  assert.equal(formatSymbol(undefined, { showOffset: true, showModule: true }), "[unknown]");
});

test("functions of this process by their addresses", () => {
  const own = new ProcessAddresses(process.pid);
  for (const name of ["getpid", "umask", "uv_run"]) {
    const address = processLibrary().find(name);
    assert.ok(address !== undefined, name);
    const found = own.resolve(address + 1);
    assert.match(found?.name ?? "", new RegExp(name));
    assert.equal(found?.offset, 1);
    assert.match(found?.module ?? "", name === "uv_run" ? /node|libuv/ : /libc\.so\.6$/);
  }
  assert.equal(own.resolve(8), undefined);
});

test("a process that has ended is remembered, with what was known of it", async () => {
  const child = spawn("sh", ["-c", "echo ready; read line"], { stdio: ["pipe", "pipe", "inherit"] });
  const end = once(child, "exit");
  await once(child.stdout, "data");
  const pid = child.pid as number;
  const place = readElf(findLibrary("c") ?? "");
  const offset = place.fileOffset(place.symbols.find("umask")?.address ?? 0) ?? 0;
  const mapping = processMaps(pid)?.find(({ path, executable }) => executable && path.endsWith("/libc.so.6"));
  assert.ok(mapping !== undefined);
  const address = mapping.start + offset - mapping.offset;
  const addresses = new ProcessAddresses(pid);
  assert.equal(addresses.resolve(address)?.name, "umask");
  child.stdin.end();
  await end;
  addresses.refresh();
  assert.equal(addresses.resolve(address)?.name, "umask");
  assert.equal(addresses.resolve(8), undefined);
  assert.equal(new ProcessAddresses(pid).resolve(address), undefined);
});

test("C++ names become readable, others stay", (t) => {
  for (const name of ["malloc", "_start", "_Znot a name", ""]) assert.equal(demangle(name), name);
  if (processLibrary().find("__cxa_demangle") === undefined) return t.skip("node has no __cxa_demangle");
  assert.equal(demangle("_ZN4node5StartEiPPc"), "node::Start(int, char**)");
});
