import assert from "node:assert/strict";
import { test } from "node:test";
import { mapTypeName } from "../../../src/kernel/bpf-constants.ts";
import { capabilities, missingCapabilities, tracingCapabilities } from "../../../src/kernel/capabilities.ts";
import { onlineCpus, parseCpuList, possibleCpus } from "../../../src/kernel/cpus.ts";
import { KernelSymbolTable } from "../../../src/kernel/kallsyms.ts";
import { kernelAtLeast, kernelVersion } from "../../../src/kernel/kernel-version.ts";
import { parseBlacklist, parseTraceable } from "../../../src/kernel/probeable-functions.ts";
import { tracefsDirectory } from "../../../src/kernel/tracefs.ts";

test("lists of CPUs", () => {
  const cases: [string, number[]][] = [
    ["0\n", [0]],
    ["0-3\n", [0, 1, 2, 3]],
    ["0-1,4,6-7\n", [0, 1, 4, 6, 7]],
    ["\n", []],
  ];
  for (const [text, cpus] of cases) assert.deepEqual(parseCpuList(text), cpus, text);
  assert.throws(() => parseCpuList("0-x"), { code: "CPU_LIST" });
  assert.ok(onlineCpus().every((cpu) => possibleCpus().includes(cpu)));
  assert.ok(onlineCpus().length > 0);
});

test("kernel versions", () => {
  assert.deepEqual(kernelVersion("6.1.0-56-amd64"), [6, 1]);
  assert.deepEqual(kernelVersion("what"), [0, 0]);
  const cases: [string, string, boolean][] = [
    ["5.11", "5.11.0", true],
    ["5.11", "5.9.200", false],
    ["5.9", "5.11", true],
    ["4.19", "5.0", true],
    ["6.2", "6.12.3-x", true],
    ["6.12", "6.2", false],
  ];
  for (const [since, running, expected] of cases)
    assert.equal(kernelAtLeast(since, running), expected, `${since} on ${running}`);
});

test("capabilities by name", () => {
  const bpfAndPerf = (1n << 39n) | (1n << 38n);
  assert.deepEqual(capabilities(bpfAndPerf), ["CAP_PERFMON", "CAP_BPF"]);
  assert.deepEqual(missingCapabilities(["CAP_BPF", "CAP_SYSLOG"], bpfAndPerf), ["CAP_SYSLOG"]);
  assert.deepEqual(missingCapabilities(["CAP_BPF", "CAP_PERFMON"], 1n << 21n), []);
  assert.deepEqual(tracingCapabilities("5.4.0"), ["CAP_SYS_ADMIN"]);
  assert.deepEqual(tracingCapabilities("6.1.0"), ["CAP_BPF", "CAP_PERFMON"]);
});

const TEXT = `ffffffff81000000 T _text
ffffffff81000010 t finish_task_switch.isra.0
ffffffff81000020 t show
ffffffff81000030 T vfs_read
ffffffff81000040 D init_task
ffffffffc0001000 t show\t[xfs]
ffffffffc0002000 t xfs_open\t[xfs]
ffffffffc0003000 t bpf_prog_bcf7977d3b93787c_kprobe__vfs_read\t[bpf]
ffffffffc0004000 t kprobe_insn_page\t[__builtin__kprobes]
`;

test("symbols of the kernel", () => {
  const table = new KernelSymbolTable(TEXT);
  assert.deepEqual(table.find("vfs_read"), [
    { name: "vfs_read", address: 0xffffffff81000030n, type: "T", module: undefined },
  ]);
  assert.deepEqual(
    table.find("show").map((symbol) => symbol.module),
    [undefined, "xfs"],
  );
  assert.deepEqual(table.find("vfs"), []);
  assert.deepEqual(table.find("read"), []);
  assert.deepEqual(table.find("T"), []);
  assert.equal(table.find("xfs_open")[0]?.module, "xfs");
  assert.ok(table.has("init_task"));
  assert.deepEqual([...table.functions].sort(), [
    "_text",
    "finish_task_switch.isra.0",
    "show",
    "vfs_read",
    "xfs_open",
  ]);
  assert.equal(table.hidesAddresses, false);
  assert.equal(new KernelSymbolTable(TEXT.replace(/^[0-9a-f]+/gm, "0".repeat(16))).hidesAddresses, true);
  assert.equal(new KernelSymbolTable("ffffffff81000000 T last").find("last").length, 1);
});

test("lists of functions that can be probed", () => {
  assert.deepEqual([...parseTraceable("vfs_read\nxfs_open [xfs]\n")], ["vfs_read", "xfs_open"]);
  const blacklist =
    "0xffffffff81c00990-0xffffffff81c009b0\tasm_exc_divide_error\n0x0000000000000000-0x0000000000000000\tnotify_die\n";
  assert.deepEqual([...parseBlacklist(blacklist)], ["asm_exc_divide_error", "notify_die"]);
});

test("tracefs that is not mounted is an error with the remedy", () => {
  assert.throws(() => tracefsDirectory(["/nowhere"]), {
    name: "UnsupportedError",
    hint: /mount -t tracefs nodev \/sys\/kernel\/tracing/,
  });
});

test("names of map types", () => {
  assert.equal(mapTypeName(27), "ringbuf");
  assert.equal(mapTypeName(9), "lru_hash");
  assert.equal(mapTypeName(250), "type 250");
});
