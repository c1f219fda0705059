// Ours in the benchmark of whole maps: fills one, reads it several times, and tells the median of each way.
//   node dist/bench/subjects/maps.js hash|percpu ENTRIES TIMES
import { type HashMap, load, type PerCpuHashMap } from "bcc-ts";
import { median } from "../median.ts";

interface Value {
  readonly pid: number;
  readonly pad: number;
  readonly count: bigint;
}

const [kind = "hash", count = "10000", times = "5"] = process.argv.slice(2);
const entries = Number(count);

/** Processor time, of all threads: what other processes do at the same time counts little. */
function nsPerEntry(read: () => { count: number; sum: number }): number {
  const runs = Array.from({ length: Number(times) }, () => {
    const before = process.cpuUsage();
    const { count, sum } = read();
    const { user, system } = process.cpuUsage(before);
    if (count !== entries || sum !== (entries * (entries - 1)) / 2)
      throw new Error(`${count} entries, sum ${sum}`);
    return ((user + system) * 1000) / entries;
  });
  return median(runs);
}

async function hash(): Promise<object> {
  const text: string = `
    struct value { u32 pid; u32 pad; u64 count; };
    BPF_HASH(table, u32, struct value, ${entries});`;
  using bpf = await load<{ maps: { table: HashMap<number, Value> } }>(text);
  const { table } = bpf.maps;
  table.setMany(Array.from({ length: entries }, (_, pid) => [pid, { pid, pad: 1, count: BigInt(pid) }]));
  const entriesNs = nsPerEntry(() => {
    const seen = { count: 0, sum: 0 };
    for (const [key, value] of table) {
      if (value.pid === key) seen.count++;
      seen.sum += value.pid;
    }
    return seen;
  });
  const batchNs = nsPerEntry(() => {
    const seen = { count: 0, sum: 0 };
    for (const batch of table.readBatch()) {
      for (const [key, value] of batch) {
        if (value.pid === key) seen.count++;
        seen.sum += value.pid;
      }
    }
    return seen;
  });
  return { entriesNs, batchNs };
}

async function perCpu(): Promise<object> {
  const text: string = `BPF_PERCPU_HASH(table, u32, u64, ${entries});`;
  using bpf = await load<{ maps: { table: PerCpuHashMap<number, bigint> } }>(text);
  const { table } = bpf.maps;
  const cpus = (table.set(0, zerosOf(table)).get(0) ?? []).length;
  const rest = Array.from({ length: cpus - 1 }, () => 0n);
  table.setMany(Array.from({ length: entries }, (_, key) => [key, [BigInt(key), ...rest]]));
  const entriesNs = nsPerEntry(() => {
    const seen = { count: 0, sum: 0 };
    for (const [, values] of table) {
      let sum = 0n;
      for (const value of values) sum += value;
      seen.count++;
      seen.sum += Number(sum);
    }
    return seen;
  });
  const sumsNs = nsPerEntry(() => {
    const seen = { count: 0, sum: 0 };
    for (const [, sum] of table.sums()) {
      seen.count++;
      seen.sum += Number(sum);
    }
    return seen;
  });
  return { entriesNs, sumsNs };
}

/** As many zeros as there are CPUs: a wrong number of them is an error that says the right one. */
function zerosOf(table: PerCpuHashMap<number, bigint>): bigint[] {
  for (let cpus = 1; ; cpus++) {
    const zeros = Array.from({ length: cpus }, () => 0n);
    try {
      table.set(0, zeros);
      return zeros;
    } catch (error) {
      if (cpus > 4096) throw error;
    }
  }
}

process.stdout.write(`${JSON.stringify(kind === "hash" ? await hash() : await perCpu())}\n`);
