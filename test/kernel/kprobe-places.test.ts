// Kernel functions by offset, by address, in a module, and more returns at once than usual.
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { after, test } from "node:test";
import { type Bpf, load } from "bcc-ts";
import { kernelSymbols } from "../../src/kernel/kallsyms.ts";
import { kernelAtLeast } from "../../src/kernel/kernel-version.ts";
import { needsFeature } from "./needs-feature.ts";

const bpf = await load(`
BPF_HASH(runs, u32, u64);
int count(struct pt_regs *ctx) { u32 pid = bpf_get_current_pid_tgid() >> 32; runs.increment(pid); return 0; }`);
after(() => bpf.close());

/** How often the program ran in this process while `body` did. */
function runs(body: () => void): bigint {
  bpf.maps.runs.clear();
  body();
  return bpf.maps.runs.get(process.pid) ?? 0n;
}

const statFile = () => statSync("/proc/self/stat");

/** The kernel function that stat() comes through, whatever this kernel calls it. */
const FUNCTION = kernelSymbols().functions.has("vfs_statx") ? "vfs_statx" : "vfs_getattr";

test("an offset, a name with a module, and an address", (t) => {
  if (!needsFeature(t, "kprobes")) return;
  const [symbol] = kernelSymbols().find(FUNCTION);
  assert.ok(symbol);
  const address = `0x${symbol.address.toString(16)}`;
  const attached: [Parameters<Bpf["attachKprobe"]>[0], string][] = [
    [{ event: FUNCTION, eventOff: 0, fnName: "count" }, FUNCTION],
    [{ event: `vmlinux:${FUNCTION}`, fnName: "count" }, `vmlinux:${FUNCTION}`],
    [{ event: address, fnName: "count" }, address],
  ];
  for (const [event, target] of attached) {
    using link = bpf.attachKprobe(event);
    assert.equal(link.target, target);
    assert.equal(runs(statFile), 1n, target);
  }
  assert.throws(() => bpf.attachKprobe({ event: FUNCTION, eventOff: 100_000_000, fnName: "count" }), {
    name: "AttachError",
  });
  assert.throws(() => bpf.attachKprobe({ event: `no_module:${FUNCTION}`, fnName: "count" }), {
    name: "AttachError",
    hint: `There is vmlinux:${FUNCTION}.`,
  });
});

test("a module's function", (t) => {
  if (!needsFeature(t, "kprobes")) return;
  // Whatever module is loaded: the probe need not be hit.
  const line = /^\S+ t (\w+)\t\[(?!bpf|__builtin)(\w+)\]$/m.exec(kernelSymbols().text);
  const found = line === null ? undefined : `${line[2]}:${line[1]}`;
  if (found === undefined) return t.skip("no module is loaded");
  try {
    using link = bpf.attachKprobe({ event: found, fnName: "count" });
    assert.equal(link.target, found);
  } catch (error) {
    // Some functions may not be probed; what matters is that it was found.
    assert.doesNotMatch(String(error), /no such function/);
  }
});

test("more returns at once than usual: followed, or a warning", async (t) => {
  if (!needsFeature(t, "kprobes")) return;
  const warnings: string[] = [];
  const note = (warning: Error) => warnings.push(warning.message);
  process.on("warning", note);
  using link = bpf.attachKretprobe({ event: FUNCTION, maxactive: 2000, fnName: "count" });
  assert.equal(runs(statFile), 1n);
  await new Promise((done) => setImmediate(done));
  process.off("warning", note);
  assert.equal(warnings.length, kernelAtLeast("6.14") ? 0 : 1);
  assert.equal(link.kind, "kretprobe");
});
