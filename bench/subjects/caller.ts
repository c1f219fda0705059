// The process that the benchmark of printing traces: now and then a getppid(), and on each line of its standard
// input as many as that says, a hundred a millisecond.
import { createInterface } from "node:readline";

let sum = 0;
setInterval(() => {
  sum += process.ppid;
}, 20);
process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  const begin = performance.now();
  for (let called = 0; called < Number(line); called += 100) {
    while (performance.now() < begin + called / 100) await new Promise(setImmediate);
    for (let call = 0; call < 100; call++) sum += process.ppid;
  }
  process.stdout.write(`called ${sum > 0}\n`);
}
