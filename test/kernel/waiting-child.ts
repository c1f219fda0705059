// Run by tools-cpu.test.ts: once told to go it waits, asleep, and then reads zeros until it is ended.
import { closeSync, openSync, readSync } from "node:fs";

const [waits = 0, milliseconds = 0] = process.argv.slice(2).map(Number);
process.stdout.write("ready\n");
process.stdin.once("data", () => {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (let i = 0; i < waits; i++) Atomics.wait(cell, 0, 0, milliseconds);
  process.stdout.write("waited\n");
  const zeros = openSync("/dev/zero", "r");
  const bytes = Buffer.alloc(8 << 20);
  const end = performance.now() + 60_000;
  while (performance.now() < end) readSync(zeros, bytes);
  closeSync(zeros);
});
