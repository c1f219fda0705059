import type { InferEvents } from "../../src/infer/infer-events.ts";
import { type At, type Equal, expectType } from "./expect-type.ts";

/** The events of an output `events` to which the body of one function submits. */
type Events<Body extends string> = At<
  InferEvents<`
struct data_t { u32 pid; };
struct other_t { u64 ts; };
typedef struct { s8 code; } small_t;
BPF_PERF_OUTPUT(events);
int before(struct pt_regs *ctx) {
  struct other_t data = {};
  return 0;
}
int probe(struct pt_regs *ctx, struct sock *sk) {
${Body}
  return 0;
}`>,
  "events"
>;
type Data = { pid: number };
type Other = { ts: bigint };

expectType<Equal<Events<"struct data_t data = {}; events.perf_submit(ctx, &data, sizeof(data));">, Data>>();
expectType<Equal<Events<"struct data_t data;\nevents.perf_submit(ctx,&data,sizeof(data));">, Data>>();
expectType<
  Equal<Events<"struct data_t *d = heap.lookup(&zero); events.perf_submit(ctx, d, sizeof(*d));">, Data>
>();
expectType<
  Equal<Events<"struct data_t* d = heap.lookup(&zero); events.perf_submit(ctx, d, sizeof(*d));">, Data>
>();
expectType<Equal<Events<"events.perf_submit(ctx, (void *)buffer, sizeof(struct data_t));">, Data>>();
expectType<Equal<Events<"struct data_t d = {}; events.perf_submit(ctx, (void *) &d, sizeof(d));">, Data>>();
expectType<
  Equal<Events<"small_t small = {}; events.perf_submit(ctx, &small, sizeof(small));">, { code: number }>
>();
expectType<Equal<Events<"small_t *s = x(); events.perf_submit(ctx, s, sizeof(*s));">, { code: number }>>();
expectType<Equal<Events<"u64 ts = bpf_ktime_get_ns(); events.perf_submit(ctx, &ts, sizeof(ts));">, bigint>>();
expectType<Equal<Events<"unsigned int n = 1; events.perf_submit(ctx, &n, sizeof(n));">, number>>();

// The nearest declaration, several types, several submits.
expectType<
  Equal<
    Events<"struct other_t x = {};\nif (y) {\nstruct data_t x = {}; events.perf_submit(ctx, &x, sizeof(x)); }">,
    Data
  >
>();
expectType<
  Equal<
    Events<"struct data_t a = {}; struct other_t b = {}; events.perf_submit(ctx, &a, sizeof(a));events.perf_submit(ctx, &b, sizeof(b));">,
    Data | Other
  >
>();
expectType<
  Equal<
    InferEvents<`
struct data_t { u32 pid; };
BPF_PERF_OUTPUT(events);
BPF_PERF_OUTPUT(lost_events);
static void report(void *ctx, struct data_t *data)
{
	events.perf_submit(ctx, data, sizeof(*data));
}
int lose(void *ctx) { u64 n = 1; lost_events.perf_submit(ctx, &n, sizeof(n)); return 0; }
`>,
    { events: Data; lost_events: bigint }
  >
>();

// What cannot be found is unknown, and so is a union with it.
expectType<Equal<Events<"">, unknown>>();
expectType<Equal<Events<"events.perf_submit(ctx, buffer, length);">, unknown>>();
expectType<Equal<Events<"char text[64]; events.perf_submit(ctx, text, sizeof(text));">, unknown>>();
expectType<Equal<Events<"struct sk_buff copy; events.perf_submit(ctx, &copy, sizeof(copy));">, unknown>>();
expectType<
  Equal<
    Events<"struct data_t d = {}; events.perf_submit(ctx, &d, sizeof(d)); events.perf_submit(ctx, p, 4);">,
    unknown
  >
>();
expectType<Equal<Events<"// struct data_t d = {}; events.perf_submit(ctx, &d, sizeof(d));">, unknown>>();

// Only outputs have events, and a text that is not a literal has any.
expectType<Equal<InferEvents<"BPF_HASH(m); BPF_RINGBUF_OUTPUT(ring, 8);">, { ring: unknown }>>();
expectType<Equal<InferEvents<string>, Record<string, unknown>>>();

declare const event: Events<"struct data_t d = {}; events.perf_submit(ctx, &d, sizeof(d));">;
event.pid satisfies number;
// @ts-expect-error no such member
event.ts;
