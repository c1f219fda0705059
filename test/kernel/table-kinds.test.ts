// Tables of every kind, used from programs and from here. The programs run when this process asks for its parent.
import assert from "node:assert/strict";
import { closeSync, mkdirSync, openSync, readFileSync, rmdirSync } from "node:fs";
import { test } from "node:test";
import {
  BuildIdStackMap,
  CgroupArray,
  DescriptorMap,
  HashMap,
  InodeStorage,
  load,
  MapError,
  MapOfMaps,
  PerCpuHashMap,
  PerfEventArray,
  PerfSWConfig,
  PerfType,
  ProgramArray,
  SocketStorage,
  TaskStorage,
} from "bcc-ts";
import { needsFeature } from "./needs-feature.ts";

const ASKED = process.arch === "arm64" ? 173 : 110; // getppid
const options = { cflags: [`-DPID=${process.pid}`, `-DASKED=${ASKED}`] };
const ask = (): number => process.ppid;

const HEAD = "if (bpf_get_current_pid_tgid() >> 32 != PID || ctx->args[1] != ASKED) return 0;";

test("a table of each kind can be made, and has its class", async () => {
  using bpf = await load(`
struct key_t { u32 prefixlen; u32 addr; };
BPF_HASH(hash, u32);
BPF_LPM_TRIE(trie, struct key_t); BPF_STACK_TRACE_BUILDID(builds, 1000);
BPF_PROG_ARRAY(programs, 16); BPF_PERF_ARRAY(counters, 8); BPF_CGROUP_ARRAY(groups, 1);
BPF_CPUMAP(cpus, 4); BPF_DEVMAP(devices, 4); BPF_XSKMAP(xsks, 4);
BPF_SOCKMAP(socks, 4); BPF_SOCKHASH(sockhash, struct key_t);
BPF_SK_STORAGE(of_sock, u32); BPF_INODE_STORAGE(of_inode, struct key_t); BPF_TASK_STORAGE(of_task, u64);
BPF_CGROUP_STORAGE(of_cgroup, u32); BPF_PERCPU_CGROUP_STORAGE(of_cgroup_cpu, u32);
BPF_ARRAY_OF_MAPS(in_array, "hash", 10); BPF_HASH_OF_MAPS(in_hash, struct key_t, "hash", 10);
RAW_TRACEPOINT_PROBE(sys_enter) { return 0; }
`);
  const { maps } = bpf;
  const kinds: [object, unknown][] = [
    [maps.trie, HashMap],
    [maps.builds, BuildIdStackMap],
    [maps.programs, ProgramArray],
    [maps.counters, PerfEventArray],
    [maps.groups, CgroupArray],
    [maps.cpus, HashMap],
    [maps.devices, HashMap],
    [maps.xsks, DescriptorMap],
    [maps.socks, DescriptorMap],
    [maps.sockhash, DescriptorMap],
    [maps.of_sock, SocketStorage],
    [maps.of_inode, InodeStorage],
    [maps.of_task, TaskStorage],
    [maps.of_cgroup, HashMap],
    [maps.of_cgroup_cpu, PerCpuHashMap],
    [maps.in_array, MapOfMaps],
    [maps.in_hash, MapOfMaps],
  ];
  for (const [map, kind] of kinds) assert.equal(map.constructor, kind);
  assert.equal(maps.builds.maxEntries, 1024);

  maps.trie.set({ prefixlen: 8, addr: 10 }, 5n);
  assert.equal(maps.trie.get({ prefixlen: 32, addr: 0x0300_000a }), 5n);
  assert.equal(maps.devices.set(1, 1).get(1), 1);
  assert.deepEqual([...maps.devices], [[1, 1]]);
  assert.deepEqual([...maps.socks.keys()], [0, 1, 2, 3]);
  assert.equal(maps.socks.delete(0), false);
  const file = openSync(process.execPath, "r");
  assert.throws(() => maps.socks.set(0, file), { code: "MAP", message: /no socket/ });
  assert.throws(() => maps.of_sock.get({ fd: file }), { code: "MAP", message: /no socket/ });
  closeSync(file);
  assert.deepEqual([...maps.of_cgroup], []);
  const path = process.execPath;
  const key = { prefixlen: 1, addr: 2 };
  assert.deepEqual(maps.of_inode.set(path, key).get(path), key);
  assert.equal(maps.of_inode.delete(path), true);
  assert.equal(maps.of_inode.get(path), undefined);
});

test("a program jumps through a program array", async (t) => {
  if (!needsFeature(t, "raw tracepoints")) return;
  using bpf = await load(
    `
BPF_PROG_ARRAY(steps, 4);
BPF_QUEUE(taken, u32, 8);
BPF_STACK(missed, u32, 8);
int second(struct bpf_raw_tracepoint_args *ctx) { u32 step = 2; taken.push(&step, 0); return 0; }
RAW_TRACEPOINT_PROBE(sys_enter)
{
	${HEAD}
	u32 step = 1;
	taken.push(&step, 0);
	steps.call(ctx, 3);
	missed.push(&step, 0);
	if (missed.peek(&step) == 0)
		missed.push(&step, BPF_EXIST);
	return 0;
}`,
    options,
  );
  const { steps, taken, missed } = bpf.maps;
  ask();
  assert.deepEqual([taken.pop(), taken.pop(), missed.pop(), missed.pop()], [1, undefined, 1, 1]);
  assert.throws(() => steps.set(3, "secnd"), { code: "UNKNOWN_PROGRAM", hint: /second/ });
  assert.throws(() => steps.set(4, "second"), MapError);
  assert((steps.set(3, "second").get(3) ?? 0) > 0);
  ask();
  assert.deepEqual([taken.pop(), taken.pop(), missed.pop()], [1, 2, undefined]);
  assert.deepEqual([...steps.keys()], [3]);
  assert.equal(steps.delete(3), true);
  assert.equal(steps.get(3), undefined);
});

test("maps in maps are written by programs and read here", async (t) => {
  if (!needsFeature(t, "raw tracepoints")) return;
  using bpf = await load(
    `
struct place_t { u32 row, column; };
BPF_HASH(first, int, u64, 16);
BPF_HASH(second, int, u64, 16);
BPF_ARRAY(chosen, int, 1);
BPF_ARRAY_OF_MAPS(by_index, "first", 4);
BPF_HASH_OF_MAPS(by_place, struct place_t, "first", 4);
RAW_TRACEPOINT_PROBE(sys_enter)
{
	${HEAD}
	int zero = 0, key = 7, *index = chosen.lookup(&zero);
	struct place_t place = { 1, 2 };
	u64 one = 1;
	if (!index)
		return 0;
	void *map = by_index.lookup(index);
	if (map)
		bpf_map_update_elem(map, &key, &one, BPF_ANY);
	map = by_place.lookup(&place);
	u64 *count = map ? bpf_map_lookup_elem(map, &key) : NULL;
	if (count)
		lock_xadd(count, 10);
	return 0;
}`,
    options,
  );
  const { first, second, chosen, by_index, by_place } = bpf.maps;
  by_index.set(1, first).set(2, second);
  by_place.set({ row: 1, column: 2 }, second);
  ask();
  assert.deepEqual([...first, ...second], []);
  chosen.set(0, 1);
  ask();
  assert.deepEqual([[...first], [...second]], [[[7, 1n]], []]);
  chosen.set(0, 2);
  ask();
  assert.deepEqual([...second], [[7, 11n]]);
  assert.equal(by_index.get(2)?.get(7), 11n);
  assert.equal(by_place.get({ row: 1, column: 2 })?.get(7), 11n);
  assert.equal(by_index.get(3), undefined);
  assert.deepEqual(
    [...by_index].map(([index, map]) => [index, map.get(7)]),
    [
      [1, 1n],
      [2, 11n],
    ],
  );
});

test("counters, storage and missing keys", async (t) => {
  if (!needsFeature(t, "raw tracepoints")) return;
  using bpf = await load(
    `
BPF_PERF_ARRAY(clock, 64);
BPF_TASK_STORAGE(asked, u64);
BPF_PERCPU_HASH(per_cpu, u32);
BPF_TABLE("lru_hash", u32, u64, recent, 16);
BPF_ARRAY(read, u64, 2);
RAW_TRACEPOINT_PROBE(sys_enter)
{
	${HEAD}
	struct bpf_perf_event_value value = {};
	int zero = 0, one = 1;
	u64 counted = clock.perf_read(CUR_CPU_IDENTIFIER);
	read.update(&zero, &counted);
	if (clock.perf_counter_value(CUR_CPU_IDENTIFIER, &value, sizeof(value)) == 0)
		read.update(&one, &value.counter);
	u64 *times = asked.task_storage_get(bpf_get_current_task_btf(), NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (times)
		*times += 3;
	per_cpu.increment(5);
	recent.atomic_increment(5, 2);
	return 0;
}`,
    options,
  );
  const { clock, asked, per_cpu, recent, read } = bpf.maps;
  assert(clock.openPerfEvent(PerfType.SOFTWARE, PerfSWConfig.CPU_CLOCK) > 0);
  assert.equal(asked.get(process.pid), undefined);
  ask();
  ask();
  const [first = 0n, second = 0n] = [read.get(0), read.get(1)];
  assert(first > 0n && second >= first, `${first} ${second}`);
  assert.equal(asked.get(process.pid), 6n);
  assert.equal(asked.set(process.pid, 1n).delete(process.pid), true);
  assert.equal(
    per_cpu.get(5)?.reduce((sum, count) => sum + count, 0n),
    2n,
  );
  assert.equal(recent.get(5), 4n);
});

test("a program asks whether a task is in a control group", async (t) => {
  if (!needsFeature(t, "raw tracepoints")) return;
  const root = /^\S+ (\S+) cgroup2 /m.exec(readFileSync("/proc/mounts", "utf8"))?.[1];
  if (root === undefined) return t.skip("cgroup2 is not mounted");
  const group = `${root}/bcc-ts-${process.pid}`;
  try {
    mkdirSync(group);
  } catch (error) {
    return t.skip(`no control group can be made here: ${error}`);
  }
  try {
    using bpf = await load(
      `
BPF_CGROUP_ARRAY(groups, 2);
BPF_HISTOGRAM(answers, u32);
RAW_TRACEPOINT_PROBE(sys_enter)
{
	${HEAD}
	answers.increment(groups.check_current_task(0) == 1);
	answers.increment(groups.check_current_task(1) == 1 ? 3 : 2);
	return 0;
}`,
      options,
    );
    const { groups, answers } = bpf.maps;
    groups.set(0, root).set(1, group);
    ask();
    assert.deepEqual(
      new Map(answers),
      new Map([
        [1, 1n],
        [2, 1n],
      ]),
    );
  } finally {
    rmdirSync(group);
  }
});
