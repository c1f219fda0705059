import assert from "node:assert/strict";
import { after, test } from "node:test";
import { BpfError, ClosedError } from "../../src/errors.ts";
import { ArrayMap } from "../../src/maps/array-map.ts";
import { readBatches } from "../../src/maps/batch-reader.ts";
import { createMap } from "../../src/maps/create-map.ts";
import { HashMap } from "../../src/maps/hash-map.ts";
import { walkKeys } from "../../src/maps/key-walker.ts";
import { LruHashMap } from "../../src/maps/lru-hash-map.ts";
import { MapError } from "../../src/maps/map-error.ts";
import { PerCpuArrayMap } from "../../src/maps/per-cpu-array-map.ts";
import { PerCpuHashMap } from "../../src/maps/per-cpu-hash-map.ts";
import { possibleCpus } from "../../src/maps/possible-cpus.ts";
import { QueueMap } from "../../src/maps/queue-map.ts";
import { StackTraceMap } from "../../src/maps/stack-trace-map.ts";
import { ValueError } from "../../src/values/value-error.ts";
import { TestObject } from "./test-object.ts";

const object = new TestObject(`
struct flow { u32 saddr; u16 port; u64 cookie; };
struct stats { u32 pid; u64 bytes; char comm[16]; };
struct prefix { u32 length; u8 address[4]; };
#define MAP(NAME, TYPE, KEY, VALUE, SIZE, FLAGS) \\
  struct { __uint(type, TYPE); __uint(max_entries, SIZE); __uint(map_flags, FLAGS); \\
           __type(key, KEY); __type(value, VALUE); } NAME SEC(".maps");
MAP(flows, 1, struct flow, struct stats, 10, 0)
MAP(counts, 1, u32, u64, 20000, 0)
MAP(dense, 1, u32, u64, 4096, 0)
MAP(array, 2, int, struct stats, 5, 0)
MAP(cpu_hash, 5, u32, u32, 100, 0)
MAP(cpu_array, 6, u32, u64, 3, 0)
MAP(stacks, 7, u32, u64[4], 16, 0)
MAP(recent, 9, u32, u64, 64, 0)
MAP(live, 2, int, struct stats, 5, 1 << 10)
MAP(live_counts, 2, int, u32, 3, 1 << 10)
MAP(cpu_stats, 5, u32, struct stats, 9000, 0)
MAP(routes, 11, struct prefix, u32, 16, 1)
MAP(readonly, 1, u32, u64, 10, 1 << 3)
struct { __uint(type, 22); __uint(max_entries, 3); __type(value, u32); } queue SEC(".maps");
struct { __uint(type, 23); __uint(max_entries, 3); __type(value, u32); } stack SEC(".maps");

SEC("raw_tp") int count(u64 *ctx) {
  for (u32 i = 0; i < 50; i++) {
    u32 key = i; u64 *seen = bpf_map_lookup_elem(&counts, &key), one = 1;
    if (seen) __sync_fetch_and_add(seen, 1); else bpf_map_update_elem(&counts, &key, &one, 0);
  }
  return 0;
}
SEC("raw_tp") int count_live(u64 *ctx) {
  u32 key = 2; u32 *value = bpf_map_lookup_elem(&live_counts, &key);
  if (value) *value += 5;
  return 0;
}
/* Adds and deletes keys above 100000, so that buckets change between two chunks. */
SEC("raw_tp") int churn(u64 *ctx) {
  for (u32 i = 0; i < 400; i++) {
    u32 key = 100000 + (ctx[0] * 400 + i) % 3000; u64 one = 1;
    if (ctx[0] & 1) bpf_map_delete_elem(&counts, &key); else bpf_map_update_elem(&counts, &key, &one, 0);
  }
  return 0;
}
SEC("raw_tp") int on_cpu(u64 *ctx) {
  u32 key = 1; u64 *value = bpf_map_lookup_elem(&cpu_array, &key);
  if (value) *value += 7 + bpf_get_smp_processor_id();
  return 0;
}
`);

after(() => object.close());

const hash = (name: string) => createMap(object.map(name), object.btf) as HashMap<number, bigint>;

function fill(map: HashMap<number, bigint>, count: number): HashMap<number, bigint> {
  map.clear();
  for (let key = 0; key < count; key++) map.set(key, BigInt(key) * 3n);
  return map;
}

const isMapError = (code: string, message: RegExp) => (error: unknown) =>
  error instanceof MapError && error.code === code && message.test(error.message);

test("each kind of map has its class", () => {
  const kinds = [
    ["flows", HashMap],
    ["recent", LruHashMap],
    ["array", ArrayMap],
    ["cpu_hash", PerCpuHashMap],
    ["cpu_array", PerCpuArrayMap],
    ["stacks", StackTraceMap],
    ["queue", QueueMap],
    ["stack", QueueMap],
  ] as const;
  for (const [name, kind] of kinds) {
    assert.equal(createMap(object.map(name), object.btf).constructor, kind, name);
  }
});

test("a hash map of structs sets, gets and deletes by value", () => {
  const map = createMap(object.map("flows"), object.btf) as HashMap<object, object>;
  const flow = { saddr: 0xffffffff, port: 443, cookie: 2n ** 64n - 1n };
  const stats = { pid: 7, bytes: 8n, comm: "curl" };
  assert.equal(map.get(flow), undefined);
  assert.equal(map.has(flow), false);
  map.set(flow, stats);
  assert.deepEqual(map.get({ ...flow }), stats);
  assert.equal(map.has(flow), true);
  assert.deepEqual([...map], [[flow, stats]]);
  assert.deepEqual([...map.keys()], [flow]);
  assert.deepEqual([...map.values()], [stats]);
  assert.equal(map.size, 1);
  assert.equal(map.delete(flow), true);
  assert.equal(map.delete(flow), false);
  assert.equal(map.size, 0);
  assert.deepEqual([...map], []);
});

test("a value that does not fit says where", () => {
  const map = createMap(object.map("flows"), object.btf) as HashMap<object, object>;
  assert.throws(
    () => map.get({ port: 1, cookie: 1n }),
    (error: unknown) => error instanceof ValueError && error.message === "key.saddr: is missing",
  );
  assert.throws(
    () => map.set({ saddr: 1, port: 1, cookie: 1n }, { pid: 1, bytes: -1n, comm: "" }),
    (error: unknown) => error instanceof ValueError && error.path === "value.bytes",
  );
  assert.equal(map.size, 0);
});

test("iteration gives each of 10,000 entries once, in any size of chunk", () => {
  const map = fill(hash("counts"), 10_000);
  for (const chunk of [1, 7, 4096, 100_000]) {
    const entries = [...map.readBatch({ chunk })].flat();
    assert.equal(entries.length, 10_000);
    const read = new Map(entries);
    assert.equal(read.size, 10_000);
    for (const [key, value] of read) assert.equal(value, BigInt(key) * 3n);
  }
  assert.equal(map.size, 10_000);
  assert.equal(new Set(map.keys()).size, 10_000);
  assert.equal(
    [...map.values()].reduce((sum, value) => sum + value, 0n),
    3n * 49_995_000n,
  );
});

test("a bucket that holds more than a chunk makes the chunk grow", () => {
  const map = fill(hash("dense"), 4096);
  const chunks = [...map.readBatch({ chunk: 1 })];
  assert.equal(new Map(chunks.flat()).size, 4096);
  assert(chunks.some((chunk) => chunk.length > 1));
});

test("key by key gives the same as batches", () => {
  const map = fill(hash("counts"), 1000);
  const raw = { handle: map.handle, valueStride: 8, openFd: () => map.handle.fd };
  const keys = (chunks: Iterable<{ keys: DataView; count: number }>) =>
    Array.from(chunks, ({ keys, count }) =>
      Array.from({ length: count }, (_, at) => keys.getUint32(at * 4, true)),
    )
      .flat()
      .sort((a, b) => a - b);
  const batches = readBatches(raw, "bpf_map_lookup_batch", 64);
  assert(batches !== undefined, "Linux 5.6 and later have batches");
  const walked = keys(walkKeys(raw, 64));
  assert.equal(walked.length, 1000);
  assert.deepEqual(walked, keys(batches));
});

test("entries may be deleted and read while they are iterated", () => {
  const map = fill(hash("counts"), 9000);
  let seen = 0;
  for (const [key] of map) {
    seen++;
    assert.equal(map.delete(key), true);
  }
  assert.equal(seen, 9000);
  assert.equal(map.size, 0);

  fill(map, 50);
  let pairs = 0;
  for (const [key] of map)
    for (const [other, value] of map) pairs += map.get(other) === value && key >= 0 ? 1 : 0;
  assert.equal(pairs, 2500);
});

test("an iteration can end early and begin again", () => {
  const map = fill(hash("counts"), 100);
  for (const [key] of map) if (key >= 0) break;
  assert.equal([...map].length, 100);
  const seen: number[] = [];
  map.forEach((value, key) => {
    seen.push(Number(value) / 3 - key);
  });
  assert.deepEqual(new Set(seen), new Set([0]));
});

test("readAndClear loses no count", () => {
  const map = fill(hash("counts"), 0);
  let total = 0n;
  for (let round = 0; round < 20; round++) {
    object.run("count");
    object.run("count");
    for (const [, value] of map.readAndClear()) total += value;
    if (round % 3 === 0) object.run("count");
  }
  for (const [, value] of map.readAndClear()) total += value;
  assert.equal(total, 50n * 47n);
  assert.equal(map.size, 0);
});

test("clear, getOrInsert and the flags of set", () => {
  const map = fill(hash("counts"), 10);
  map.clear();
  assert.equal(map.size, 0);
  assert.equal(map.getOrInsert(5, 50n), 50n);
  assert.equal(map.getOrInsert(5, 60n), 50n);
  assert.throws(() => map.set(5, 1n, { flag: "noexist" }), isMapError("MAP_EXISTS", /map counts: set/));
  assert.throws(() => map.set(6, 1n, { flag: "exist" }), isMapError("MAP_MISSING", /no such key/));
  map.set(5, 2n, { flag: "exist" }).set(6, 3n, { flag: "noexist" });
  assert.deepEqual([map.get(5), map.get(6)], [2n, 3n]);
});

test("a full map says how to make room", () => {
  const map = createMap(object.map("flows"), object.btf) as HashMap<object, object>;
  const set = (saddr: number) => map.set({ saddr, port: 0, cookie: 0n }, { pid: 0, bytes: 0n, comm: "" });
  for (let index = 0; index < 10; index++) set(index);
  assert.throws(
    () => set(10),
    (error: unknown) =>
      isMapError("MAP_FULL", /map flows: set: the map is full/)(error) &&
      /size/.test((error as MapError).hint ?? ""),
  );
  map.clear();
});

test("an LRU map drops the oldest instead", () => {
  const map = hash("recent");
  for (let key = 0; key < 1000; key++) map.set(key, 1n);
  assert.equal(map.has(999), true);
  assert(map.size <= 64 && map.size > 0);
});

test("a map that only programs may write says so", () => {
  const map = hash("readonly");
  assert.throws(() => map.set(1, 1n), isMapError("MAP_READ_ONLY", /may not be written/));
});

test("an array has all its indices", () => {
  const map = createMap(object.map("array"), object.btf) as ArrayMap<{
    pid: number;
    bytes: bigint;
    comm: string;
  }>;
  const zero = { pid: 0, bytes: 0n, comm: "" };
  assert.equal(map.length, 5);
  assert.equal(map.size, 5);
  assert.deepEqual(map.get(4), zero);
  map.set(4, { pid: 1, bytes: 2n, comm: "x" });
  assert.deepEqual([...map.keys()], [0, 1, 2, 3, 4]);
  assert.deepEqual([...map][4], [4, { pid: 1, bytes: 2n, comm: "x" }]);
  for (const index of [5, -1, 0.5, 2 ** 32]) {
    assert.equal(map.get(index), undefined);
    assert.equal(map.has(index), false);
  }
  assert.throws(() => map.set(5, zero), isMapError("MAP_RANGE", /outside of the array/));
  assert.throws(
    () => map.set(-1, zero),
    (error: unknown) => error instanceof ValueError && error.path === "key",
  );
  map.clear();
  assert.deepEqual(map.get(4), zero);
});

test("per-CPU maps have a value for each CPU", () => {
  const cpus = possibleCpus();
  const map = createMap(object.map("cpu_hash"), object.btf) as PerCpuHashMap<number, number>;
  const values = Array.from({ length: cpus }, (_, cpu) => cpu + 1);
  map.set(1, values).set(
    2,
    values.map((value) => value * 10),
  );
  assert.deepEqual(map.get(1), values);
  assert.deepEqual(
    new Map(map),
    new Map([
      [1, values],
      [2, values.map((value) => value * 10)],
    ]),
  );
  assert.deepEqual(
    [...map.values()].flat().sort((a, b) => a - b),
    [...map].flatMap(([, each]) => each).sort((a, b) => a - b),
  );
  assert.throws(
    () =>
      map.set(
        1,
        Array.from({ length: cpus + 1 }, () => 1),
      ),
    ValueError,
  );

  const array = createMap(object.map("cpu_array"), object.btf) as PerCpuArrayMap<bigint>;
  for (let cpu = 0; cpu < cpus; cpu++) object.run("on_cpu", [], cpu);
  assert.deepEqual(
    array.get(1),
    Array.from({ length: cpus }, (_, cpu) => BigInt(7 + cpu)),
  );
  assert.deepEqual([...array][1]?.[1], array.get(1));
});

test("per-CPU values are summed, numbers and structs", () => {
  const cpus = BigInt(possibleCpus());
  const each = (value: bigint) => Array.from({ length: Number(cpus) }, (_, cpu) => value + BigInt(cpu));
  const extra = (cpus * (cpus - 1n)) / 2n;
  const array = createMap(object.map("cpu_array"), object.btf) as PerCpuArrayMap<bigint>;
  array.clear();
  array.set(0, each(10n)).set(2, each(2n ** 63n));
  assert.equal(array.sum(0), 10n * cpus + extra);
  assert.equal(array.sum(1), 0n);
  assert.equal(array.max(2), 2n ** 63n + cpus - 1n);
  assert.equal(array.average(0), (10n * cpus + extra) / cpus);
  assert.equal(array.sum(3), undefined);
  assert.equal(array.total(), 10n * cpus + 2n ** 63n * cpus + 2n * extra);
  assert.deepEqual(
    [...array.sums()],
    [
      [0, array.sum(0)],
      [1, 0n],
      [2, array.sum(2)],
    ],
  );

  const map = createMap(object.map("cpu_stats"), object.btf) as PerCpuHashMap<number, object>;
  assert.equal(map.total(), undefined);
  assert.equal(map.sum(1), undefined);
  const stats = (pid: number, bytes: bigint) => ({ pid, bytes, comm: "x" });
  const filled = (value: object) => Array.from({ length: Number(cpus) }, () => value);
  map.setMany([
    [1, filled(stats(1, 2n))],
    [2, filled(stats(10, 20n))],
  ]);
  assert.deepEqual(map.sum(1), stats(Number(cpus), 2n * cpus));
  assert.deepEqual(map.max(2), stats(10, 20n));
  assert.deepEqual(map.average(2), stats(10, 20n));
  assert.deepEqual(map.total(), stats(11 * Number(cpus), 22n * cpus));
  assert.deepEqual(new Map(map.sums()).get(2), map.sum(2));
});

test("many entries are set and deleted at once", () => {
  const map = fill(hash("counts"), 0);
  const entries = Array.from({ length: 9999 }, (_, key): [number, bigint] => [key, BigInt(key)]);
  map.setMany(entries).setMany(new Map([[3, 33n]]));
  assert.equal(map.size, 9999);
  assert.equal(map.get(3), 33n);
  assert.equal(map.get(9998), 9998n);
  // Every third key, and in between such as are not there.
  const keys = Array.from({ length: 5000 }, (_, index) => index * 3);
  assert.equal(map.deleteMany(keys), 3333);
  assert.equal(map.deleteMany(keys), 0);
  assert.equal(map.size, 6666);
  assert.equal(map.deleteMany([]), 0);
  map.setMany([]);
  assert.throws(() => map.setMany([[1, -1n]]), ValueError);

  const array = createMap(object.map("array"), object.btf) as ArrayMap<object>;
  const stats = { pid: 1, bytes: 2n, comm: "x" };
  array.setMany([0, 4].map((index) => [index, stats]));
  assert.deepEqual(array.get(4), stats);
  assert.throws(() => array.setMany([[5, stats]]), isMapError("MAP_RANGE", /outside of the array/));
  array.clear();

  const full = createMap(object.map("flows"), object.btf) as HashMap<object, object>;
  const flows = Array.from({ length: 11 }, (_, saddr) => [{ saddr, port: 0, cookie: 0n }, stats] as const);
  assert.throws(() => full.setMany(flows), isMapError("MAP_FULL", /map flows: set: the map is full/));
  assert.equal(full.size, 10);
  full.clear();

  // A kind of map without batches.
  const trie = createMap(object.map("routes"), object.btf) as HashMap<object, number>;
  const prefix = (first: number) => ({ length: 8, address: Uint8Array.of(first, 0, 0, 0) });
  trie.setMany([1, 2, 3].map((first) => [prefix(first), first]));
  assert.equal(trie.deleteMany([9, 1, 2, 3].map(prefix)), 3);
});

test("a live array is the kernel's memory", () => {
  const map = createMap(object.map("live_counts"), object.btf) as ArrayMap<number>;
  const live = map.live();
  assert.deepEqual([...live], [0, 0, 0]);
  object.run("count_live");
  assert.equal(live.get(2), 5);
  live.set(2, 0xffff_fff0);
  object.run("count_live");
  assert.equal(map.get(2), 0xffff_fff5);
  map.set(0, 7);
  assert.deepEqual([...live], [7, 0, 0xffff_fff5]);
  assert.equal(live.get(3), undefined);
  assert.equal(live.get(-1), undefined);
  assert.throws(() => live.set(3, 1), RangeError);
  assert.throws(() => live.set(0, -1), ValueError);
  const iterator = live[Symbol.iterator]();
  iterator.next();
  map.close();
  assert.throws(() => live.get(0), ClosedError);
  assert.throws(() => iterator.next(), ClosedError);

  const structs = createMap(object.map("live"), object.btf) as ArrayMap<object>;
  const stats = { pid: 1, bytes: 2n ** 64n - 1n, comm: "a long comm" };
  using view = structs.live();
  view.set(4, stats);
  assert.deepEqual(view.get(4), stats);
  assert.deepEqual(structs.get(4), stats);
  assert.deepEqual(view.get(3), { pid: 0, bytes: 0n, comm: "" });
  const plain = createMap(object.map("array"), object.btf) as ArrayMap<object>;
  assert.throws(
    () => plain.live(),
    (error: unknown) =>
      BpfError.is(error) && error.code === "MAP_NOT_MAPPED" && /BPF_F_MMAPABLE/.test(error.hint ?? ""),
  );
});

test("untouched keys come once, whatever happens to others meanwhile", () => {
  const map = fill(hash("counts"), 5000);
  const raw = { handle: map.handle, valueStride: 8, openFd: () => map.handle.fd };
  for (const [way, chunks] of [
    ["batches", () => readBatches(raw, "bpf_map_lookup_batch", 64) ?? []],
    ["keys", () => walkKeys(raw, 64)],
  ] as const) {
    for (let round = 0; round < 4; round++) object.run("churn", [BigInt(round * 2)]);
    const seen = new Map<number, number>();
    let run = 0n;
    for (const { keys, count } of chunks()) {
      for (let at = 0; at < count; at++) {
        const key = keys.getUint32(at * 4, true);
        seen.set(key, (seen.get(key) ?? 0) + 1);
      }
      object.run("churn", [run++]);
    }
    const untouched = Array.from({ length: 5000 }, (_, key) => seen.get(key) ?? 0);
    assert.deepEqual(new Set(untouched), new Set([1]), way);
  }
  map.clear();
});

test("a trie finds the longest prefix", () => {
  const map = createMap(object.map("routes"), object.btf) as HashMap<object, number>;
  const key = (length: number, ...address: number[]) => ({ length, address: Uint8Array.from(address) });
  map.set(key(8, 10, 0, 0, 0), 1).set(key(16, 10, 1, 0, 0), 2);
  assert.equal(map.get(key(32, 10, 1, 2, 3)), 2);
  assert.equal(map.get(key(32, 10, 2, 2, 3)), 1);
  assert.equal(map.get(key(32, 11, 0, 0, 0)), undefined);
  assert.equal([...map].length, 2);
  // Tries have no batches that delete: this goes key by key.
  assert.equal(map.readAndClear().length, 2);
  assert.equal(map.size, 0);
});

test("queues and stacks", () => {
  const queue = createMap(object.map("queue"), object.btf) as QueueMap<number>;
  const stack = createMap(object.map("stack"), object.btf) as QueueMap<number>;
  for (const map of [queue, stack]) {
    assert.equal(map.pop(), undefined);
    for (const value of [1, 2, 3]) map.push(value);
    assert.throws(() => map.push(4), isMapError("MAP_FULL", /push/));
  }
  assert.deepEqual([queue.peek(), queue.pop(), queue.pop()], [1, 1, 2]);
  assert.deepEqual([stack.peek(), stack.pop(), stack.pop()], [3, 3, 2]);
  queue.push(4);
  queue.push(5);
  queue.push(6, { replace: true });
  assert.deepEqual([queue.pop(), queue.pop(), queue.pop(), queue.pop()], [4, 5, 6, undefined]);
});

test("what get_stackid() gives when it fails has no frames, as a u32 neither", () => {
  const stacks = createMap(object.map("stacks"), object.btf) as StackTraceMap;
  for (const id of [-14, 2 ** 32 - 14, 3]) assert.deepEqual(stacks.walk(id), []);
});

test("a closed map is closed for everything, also in the middle of an iteration", () => {
  const map = fill(hash("counts"), 10_000);
  const iterator = map.readBatch({ chunk: 100 });
  assert((iterator.next().value?.length ?? 0) > 0);
  map.close();
  map.close();
  assert.throws(() => iterator.next(), ClosedError);
  const uses: (() => unknown)[] = [
    () => map.get(1),
    () => map.has(1),
    () => map.set(1, 1n),
    () => map.delete(1),
    () => map.clear(),
    () => map.size,
    () => [...map],
    () => map.readAndClear(),
  ];
  for (const use of uses) assert.throws(use, ClosedError);
});
