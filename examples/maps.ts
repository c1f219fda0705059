// Counts system calls by process in a hash map, and reads the map as one reads a JavaScript Map.
//   bcc-ts run examples/maps.ts -- [SECONDS]
import { setTimeout as sleep } from "node:timers/promises";
import { columns, load } from "bcc-ts";

const seconds = Number(process.argv[2] ?? 1);

using bpf = await load(`
BPF_HASH(calls, u32, u64);
RAW_TRACEPOINT_PROBE(sys_enter)
{
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	calls.increment(pid);
	return 0;
}
`);
const { calls } = bpf.maps; // HashMap<number, bigint>

await sleep(seconds * 1000);

console.log(`this process made ${calls.get(process.pid) ?? 0n} system calls in ${seconds} s`);
console.log(columns("%-8s %s", "PID", "CALLS"));
const busiest = [...calls.entries()].sort(([, a], [, b]) => Number(b - a)).slice(0, 5);
for (const [pid, count] of busiest) console.log(columns("%-8d %d", pid, count));

const idle = 4_194_304; // above pid_max: no process has it
calls.set(idle, 0n);
console.log(`set and read back: ${calls.has(idle)}, ${calls.get(idle)}`);
console.log(`deleted: ${calls.delete(idle)}, there afterwards: ${calls.has(idle)}`);

let entries = 0;
for (const batch of calls.readBatch()) entries += batch.length; // many entries in one system call
console.log(`a batch read gave ${entries} entries`);
