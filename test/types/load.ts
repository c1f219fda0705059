// What an editor shows for the result of load(), without an annotation.
import type {
  Bpf,
  DescriptorMap,
  HashMap,
  MapOfMaps,
  PerfBuffer,
  ProgramArray,
  RingBuffer,
  TaskStorage,
} from "../../src/index.ts";
import { load } from "../../src/index.ts";
import { type Equal, expectType } from "./expect-type.ts";

export async function tcp4connect(): Promise<void> {
  using bpf = await load(`
BPF_HASH(currsock, u32, struct sock *);
struct data_t { u32 pid; u64 ts; char comm[16]; };
BPF_PERF_OUTPUT(events);
BPF_RINGBUF_OUTPUT(ring, 8);
int kprobe__f(struct pt_regs *ctx, struct sock *sk)
{
	struct data_t data = {};
	events.perf_submit(ctx, &data, sizeof(data));
	ring.ringbuf_output(&data, sizeof(data), 0);
	return 0;
}
`);
  const { currsock } = bpf.maps;
  expectType<Equal<typeof currsock, HashMap<number, bigint>>>();
  const value = currsock.get(1);
  expectType<Equal<typeof value, bigint | undefined>>();
  type Event = { pid: number; ts: bigint; comm: string };
  expectType<Equal<typeof bpf.rings.ring, RingBuffer<Event>>>();
  expectType<Equal<typeof bpf.rings.events, PerfBuffer<Event>>>();

  // @ts-expect-error: there is no such table
  bpf.maps.cursock;
  // @ts-expect-error: the key is a u32, which is a number
  currsock.get("1");
  // @ts-expect-error: the value is a pointer, which is a bigint
  currsock.set(1, 2);
  // @ts-expect-error: a ring is not among the maps
  bpf.maps.events;
}

export async function mapsInMaps(): Promise<void> {
  using bpf = await load(`
struct place_t { u32 row; };
BPF_HASH(counts, u32, u64);
BPF_HASH_OF_MAPS(by_place, struct place_t, "counts", 10);
BPF_ARRAY_OF_MAPS(by_index, "counts", 10);
BPF_PROG_ARRAY(steps, 4);
BPF_TASK_STORAGE(of_task, u32);
BPF_SOCKHASH(socks, struct place_t);
int step(struct pt_regs *ctx) { return 0; }
`);
  const { maps } = bpf;
  type Counts = HashMap<number, bigint>;
  expectType<Equal<typeof maps.by_place, MapOfMaps<{ row: number }, Counts>>>();
  expectType<Equal<typeof maps.by_index, MapOfMaps<number, Counts>>>();
  const inner = maps.by_index.get(1);
  expectType<Equal<typeof inner, Counts | undefined>>();
  expectType<Equal<typeof maps.steps, ProgramArray>>();
  expectType<Equal<typeof maps.of_task, TaskStorage<number>>>();
  expectType<Equal<typeof maps.socks, DescriptorMap<{ row: number }>>>();
  // @ts-expect-error: a map is wanted
  maps.by_index.set(1, 5n);
}

export async function textFromElsewhere(text: string): Promise<void> {
  const untyped = await load(text);
  expectType<Equal<typeof untyped, Bpf<string>>>();
  const typed = await load<{ maps: { calls: HashMap<number, bigint> } }>(text);
  expectType<Equal<typeof typed.maps.calls, HashMap<number, bigint>>>();
  // @ts-expect-error: not in the schema
  typed.maps.other;
}
