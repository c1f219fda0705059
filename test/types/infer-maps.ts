import type { InferMaps, MapType } from "../../src/infer/infer-maps.ts";
import { type Equal, expectType } from "./expect-type.ts";

declare function maps<const Text extends string>(text: Text): InferMaps<Text>;
declare const anyText: string;
declare const size: number;

// What is commented out is no map, whichever comment contains the other.
const commented = maps(`
// BPF_HASH(line);
/* BPF_HASH(block); // BPF_HASH(inner); */ BPF_HASH(seen, u32);
// see /proc/*/maps
BPF_HASH(after, u32); // */ BPF_HASH(behind);
BPF_ARRAY(last, u8 /* a byte */, 10);
/* not closed BPF_HASH(open);
`);
expectType<Equal<keyof typeof commented, "seen" | "after" | "last" | "open">>();
expectType<Equal<(typeof commented)["last"]["value"], number>>();

// Macros behind constants that begin alike.
const constants = maps(`
int f(void *ctx) { int x = BPF_ANY; y = BPF_F_CURRENT_CPU & foo(BPF_NOEXIST); }
BPF_HASH(found);
`);
expectType<Equal<keyof typeof constants, "found">>();

// A text that is not a literal.
expectType<Equal<InferMaps<string>, Record<string, MapType>>>();
maps(anyText).whatever?.key satisfies unknown;

// A value put into the text leaves the rest of it known.
const filled = maps(`
struct record_t { char data[${size}]; u32 n; };
BPF_HASH(records, u32, struct record_t, ${size});
${anyText}
BPF_HASH(more);
`);
expectType<Equal<(typeof filled)["records"]["value"], { data: string; n: number }>>();
expectType<Equal<(typeof filled)["more"]["key"], bigint>>();

// One of two texts: what both have in common is known.
const either = maps(size > 1 ? "BPF_HASH(m, u32);" : "BPF_ARRAY(m, u32);");
expectType<Equal<typeof either.m.kind, "hash" | "array">>();
expectType<Equal<typeof either.m.value, bigint | number>>();

// Types that the text does not define.
const foreign = maps(`
struct holder_t { struct in6_addr addr; struct sock *sk; foo_t foo; };
BPF_HASH(a, struct sock);
BPF_HASH(b, struct holder_t, foo_t);
BPF_HASH(c, struct self_t *);
`);
expectType<Equal<(typeof foreign)["a"]["key"], unknown>>();
expectType<Equal<(typeof foreign)["b"]["key"], { addr: unknown; sk: bigint; foo: unknown }>>();
expectType<Equal<(typeof foreign)["b"]["value"], unknown>>();
expectType<Equal<(typeof foreign)["c"]["key"], bigint>>();

// A name that is not declared, a key or a value of another type.
type Sock = InferMaps<"BPF_HASH(currsock, u32, struct sock *);">["currsock"];
// @ts-expect-error no such map
commented.line;
// @ts-expect-error a key of 32 bits is a number
1n satisfies Sock["key"];
// @ts-expect-error a pointer is a bigint
1 satisfies Sock["value"];
type Longer =
  InferMaps<"struct key_tt { u32 n; }; struct key_t { u64 n; }; BPF_HASH(m, struct key_t);">["m"]["key"];
// @ts-expect-error a name that begins alike is another struct
({ n: 1 }) satisfies Longer;
