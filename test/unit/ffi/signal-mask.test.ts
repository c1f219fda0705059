import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { withSignalsHeld } from "../../../src/ffi/signal-mask.ts";

/** The numbers of the signals that this thread holds back. */
function held(): number[] {
  const [, digits = ""] =
    /^SigBlk:\s+([0-9a-f]+)$/m.exec(readFileSync("/proc/thread-self/status", "utf8")) ?? [];
  const bits = BigInt(`0x${digits}`);
  return Array.from({ length: 64 }, (_, index) => index + 1).filter(
    (signal) => (bits >> BigInt(signal - 1)) & 1n,
  );
}

test("signals that a process goes on after wait, those that end it do not", () => {
  const before = held();
  const meanwhile = withSignalsHeld(held);
  for (const signal of [10, 12, 14, 17, 26, 27, 28]) assert.ok(meanwhile.includes(signal), String(signal));
  for (const signal of [1, 2, 3, 9, 11, 15, 19, 20]) assert.ok(!meanwhile.includes(signal), String(signal));
  assert.deepEqual(held(), before);
});

test("they come again after an error, too, and a thrown error passes through", () => {
  const before = held();
  assert.throws(
    () =>
      withSignalsHeld(() => {
        throw new Error("inside");
      }),
    /inside/,
  );
  assert.deepEqual(held(), before);
  assert.equal(
    withSignalsHeld(() => 5),
    5,
  );
});
