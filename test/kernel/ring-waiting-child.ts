import { RingBuffer } from "../../src/rings/ring-buffer.ts";
import { TestObject } from "./test-object.ts";

// A program of its own, so that a test can see whether it ends: waits for events, and stops or does not.
const object = new TestObject(`
struct { __uint(type, 27); __uint(max_entries, 4096); } ring SEC(".maps");
SEC("raw_tp") int send(u64 *ctx) { u64 one = 1; bpf_ringbuf_output(&ring, &one, 8, 0); return 0; }
`);
const ring = new RingBuffer(object.map("ring"));
setTimeout(() => object.run("send"), 10);
for await (const event of ring) {
  console.log(event.length);
  if (process.argv[2] === "break") break;
}
