import assert from "node:assert/strict";
import { test } from "node:test";
import { LoadError, SyscallError } from "../../../src/errors.ts";
import { NativeBuffer } from "../../../src/ffi/native-buffer.ts";
import type { LoadAttempt } from "../../../src/load/load-attempt.ts";
import { explainFailure } from "../../../src/load/load-failure.ts";

const EAGAIN = 11;

/** What the verifier had written when a signal came. */
const LOGS: readonly [string, ReadonlyMap<string, string>][] = [
  ["no log yet", new Map()],
  [
    "a log without a reason",
    new Map([
      ["on_open", "0: R1=ctx() R10=fp0\n; int i = 0;\n0: (b7) r0 = 0\n1: (85) call bpf_ktime_get_ns#5\n"],
    ]),
  ],
  ["a log whose last line looks like one", new Map([["on_open", "R1 invalid mem access 'scalar'\n"]])],
];

for (const [title, logs] of LOGS) {
  test(`a load that signals interrupted is told as that: ${title}`, () => {
    const attempt = { result: -EAGAIN, logs } as unknown as LoadAttempt;
    const error = explainFailure(NativeBuffer.alloc(8), {}, attempt);
    assert.ok(error instanceof LoadError);
    const what = logs.size === 0 ? "the object" : "the program on_open";
    assert.equal(error.message, `the kernel does not take ${what}: EAGAIN`);
    assert.match(error.hint ?? "", /Signals interrupted the verifier/);
    assert.ok(error.cause instanceof SyscallError);
    assert.equal(error.cause.errnoName, "EAGAIN");
  });
}
