import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import { runInVm, type VmResult } from "../../src/vm/run.ts";
import type { VmOptions } from "../../src/vm/vm-options.ts";

/** Ample for a command on a busy machine; a guest that hangs fails its test instead of blocking it. */
export const LIMIT_MS = 120_000;

export interface GuestRun extends VmResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly output: Buffer;
}

/** Runs a command in a guest and collects what it says. */
export async function runGuest(options: VmOptions): Promise<GuestRun> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const collected = Promise.all([buffer(out), buffer(err)]);
  try {
    const result = await runInVm({ timeoutMs: LIMIT_MS, cwd: "/", ...options, stdout: out, stderr: err });
    out.end();
    err.end();
    const [output, errors] = await collected;
    return { ...result, output, stdout: output.toString(), stderr: errors.toString() };
  } finally {
    out.end();
    err.end();
  }
}

/** Runs a shell script in a guest. */
export function runScript(script: string, options: Partial<VmOptions> = {}): Promise<GuestRun> {
  return runGuest({ ...options, command: ["/bin/sh", "-c", script] });
}
