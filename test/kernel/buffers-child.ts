import { parentPort, workerData } from "node:worker_threads";
import { load } from "../../src/load.ts";

// The worker of a test: waits for 100 events of the main thread's, then blocks until there are more.
const { text, cflags, tag } = workerData;
const bpf = await load(text as string, { cflags, buffers: { both: { tag } } });
parentPort?.postMessage("ready");
const { both } = bpf.rings;
let [waited, first] = [0, undefined as unknown];
for await (const event of both ?? []) {
  first ??= event;
  if (++waited === 100) break;
}
parentPort?.postMessage({ first, waited, lost: both?.lost });
both?.on(() => {});
let blocked = 0;
while (blocked === 0) blocked = both?.poll(1000) ?? 0;
bpf.close();
parentPort?.postMessage({ blocked });
parentPort?.close();
