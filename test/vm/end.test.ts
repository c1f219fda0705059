import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { startVm } from "../../src/vm/run.ts";
import { VmError } from "../../src/vm/vm-error.ts";
import { runGuest, runScript } from "./guest-run.ts";

/** Whether this process is a QEMU: the number of a dead one may belong to another program by now. */
function isQemu(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("qemu");
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  for (let tries = 0; isQemu(pid); tries++) {
    assert.ok(tries < 100, `QEMU ${pid} is still there`);
    await delay(50);
  }
}

/** A run that has begun to speak, and its QEMU. */
async function startSpeaking(script: string, options: { timeoutMs?: number; signal?: AbortSignal } = {}) {
  const stdout = new PassThrough();
  const handle = startVm({
    command: ["/bin/sh", "-c", script],
    cwd: "/",
    stdout,
    ...options,
  });
  handle.result.catch(() => {}); // looked at by the test
  await once(stdout, "data");
  const pid = handle.qemuPid;
  assert.ok(pid !== undefined && isQemu(pid));
  return { handle, pid };
}

test("QEMU is gone after a run", async () => {
  const { handle, pid } = await startSpeaking("echo started; exit 4");
  assert.equal((await handle.result).exitCode, 4);
  await untilGone(pid);
});

const deafOrNot = [
  ["that dies of SIGTERM", "echo started; exec sleep 1000"],
  ["that ignores SIGTERM", "trap '' TERM; echo started; while :; do sleep 0.1; done"],
] as const;

for (const [title, script] of deafOrNot) {
  test(`the time limit ends a command ${title}`, async () => {
    await runGuest({ command: ["true"] }); // so that a saved state is there, and the limit met by the command
    const { handle, pid } = await startSpeaking(script, { timeoutMs: 5_000 });
    await assert.rejects(handle.result, (error) => error instanceof VmError && error.code === "VM_TIMEOUT");
    await untilGone(pid);
  });
}

test("a time limit during the boot ends it too", async () => {
  const begin = performance.now();
  const run = runGuest({ command: ["true"], state: "none", timeoutMs: 200 });
  await assert.rejects(run, (error) => error instanceof VmError && error.code === "VM_TIMEOUT");
  assert.ok(performance.now() - begin < 5000);
});

test("an abort signal ends a run with its reason", async () => {
  const controller = new AbortController();
  const { handle, pid } = await startSpeaking("echo started; exec sleep 1000", { signal: controller.signal });
  controller.abort(new Error("enough"));
  await assert.rejects(handle.result, /enough/);
  await untilGone(pid);
});

test("signals reach the command and its group", async () => {
  const { handle } = await startSpeaking("echo started; exec sleep 1000");
  handle.kill("SIGINT");
  const ended = await handle.result;
  assert.deepEqual([ended.signal, ended.exitCode], ["SIGINT", 130]);
  const trapped = await startSpeaking("trap 'exit 9' TERM; echo started; while :; do sleep 0.1; done");
  trapped.handle.kill("SIGTERM");
  assert.equal((await trapped.handle.result).exitCode, 9);
});

test("a signal from before the boot waits for the command", async () => {
  const handle = startVm({ command: ["sleep", "1000"], cwd: "/" });
  handle.kill("SIGHUP");
  assert.equal((await handle.result).signal, "SIGHUP");
});

test("a guest that powers itself off is an error, not a result", async () => {
  const run = runScript("echo o >/proc/sysrq-trigger; sleep 1000");
  await assert.rejects(run, (error) => error instanceof VmError && error.code === "VM_LOST");
});

test("SIGKILL of the parent leaves no QEMU", async () => {
  const program = `
    const { startVm } = await import(${JSON.stringify(new URL("../../src/vm/run.js", import.meta.url).href)});
    const { PassThrough } = await import("node:stream");
    const stdout = new PassThrough();
    const handle = startVm({ command: ["/bin/sh", "-c", "echo up; exec sleep 1000"], cwd: "/", stdout });
    stdout.once("data", () => console.log(handle.qemuPid));
  `;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(line.toString());
  assert.ok(isQemu(pid), `no QEMU at ${pid}`);
  parent.kill("SIGKILL");
  await untilGone(pid);
});
