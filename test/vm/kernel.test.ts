import assert from "node:assert/strict";
import { test } from "node:test";
import { availableKernels } from "../../src/vm/kernel-directory.ts";
import { runScript } from "./guest-run.ts";

test("both guest kernels are there", () => {
  assert.deepEqual(
    availableKernels().map((kernel) => kernel.name),
    ["6.1", "6.12"],
  );
});

for (const { name, release } of availableKernels()) {
  test(`a guest with ${name} has what tracing needs`, async () => {
    const script = `
      uname -r; hostname
      grep -c . /sys/kernel/tracing/available_filter_functions
      stat -f -c %T /sys/fs/bpf /sys/fs/cgroup /sys/kernel/debug /sys/kernel/tracing /dev/shm /dev/pts
      cat /sys/class/net/lo/operstate
      cat /sys/bus/event_source/devices/kprobe/type
      head -c 2 /sys/kernel/btf/vmlinux | od -An -tx1
      cat /boot/config-$(uname -r) | grep -c CONFIG_KPROBES=y
      test -d /lib/modules/$(uname -r) && echo modules
      echo 'p:probe_of_test do_sys_openat2' >/sys/kernel/tracing/kprobe_events && cat /sys/kernel/tracing/kprobe_events`;
    const run = await runScript(script, { kernel: name });
    assert.equal(run.stderr, "");
    const [seen, host, functions, ...rest] = run.stdout.trimEnd().split("\n");
    assert.deepEqual([seen, host], [release, "bcc-ts-guest"]);
    assert.ok(Number(functions) > 10_000, `${functions} functions`);
    const systems = ["bpf_fs", "cgroup2fs", "debugfs", "tracefs", "tmpfs", "devpts"];
    assert.deepEqual(rest.slice(0, 7), [...systems, "unknown"]);
    assert.ok(Number(rest[7]) > 0);
    assert.deepEqual(rest.slice(8), [" 9f eb", "1", "modules", "p:kprobes/probe_of_test do_sys_openat2"]);
  });
}

test("lo carries a connection", async () => {
  const program = `
    const server = require("net").createServer((peer) => peer.end("hello"));
    server.listen(0, "127.0.0.1", () => require("net").connect(server.address().port, "127.0.0.1")
      .on("data", (chunk) => console.log(String(chunk))).on("close", () => server.close()));`;
  const { runGuest } = await import("./guest-run.ts");
  const run = await runGuest({ command: [process.execPath, "-e", program] });
  assert.deepEqual([run.exitCode, run.stdout], [0, "hello\n"]);
});

test("two CPUs when asked for", async () => {
  const run = await runScript("nproc; cat /sys/devices/system/cpu/online", { cpus: 2 });
  assert.equal(run.stdout, "2\n0-1\n");
});
