import type { InferMaps } from "../../src/infer/infer-maps.ts";
import { type At, type Equal, expectType } from "./expect-type.ts";

type Value<Text extends string> = At<At<InferMaps<Text>, "m">, "value">;
type Struct<Body extends string> = Value<`struct s_t {${Body}};\nBPF_HASH(m, u32, struct s_t);`>;
type Typedef<Code extends string> = Value<`${Code}\nBPF_HASH(m, u32, t_t);`>;

// The spellings of the numbers.
expectType<
  Equal<
    Struct<"unsigned a; unsigned int b; short int c; unsigned char d; signed char e; char f; __u16 g;">,
    { a: number; b: number; c: number; d: number; e: number; f: number; g: number }
  >
>();
expectType<
  Equal<
    Struct<"long a; unsigned long b; long long c; unsigned  long  long int d; long unsigned int e; s64 f;">,
    { a: bigint; b: bigint; c: bigint; d: bigint; e: bigint; f: bigint }
  >
>();
expectType<
  Equal<
    Struct<"size_t a; __int128 b; bool c; _Bool d; double e;">,
    { a: bigint; b: bigint; c: boolean; d: boolean; e: number }
  >
>();
expectType<
  Equal<
    Struct<"pid_t a; uid_t b; dev_t c; sector_t d; ino_t e; loff_t f; umode_t g; ktime_t h;">,
    { a: number; b: number; c: number; d: bigint; e: bigint; f: bigint; g: number; h: bigint }
  >
>();

// Declarators.
expectType<
  Equal<
    Struct<"u32 a, b ,c; u64 d,*e, f[2]; const char *g; char* h; void **i;">,
    { a: number; b: number; c: number; d: bigint; e: bigint; f: bigint[]; g: bigint; h: bigint; i: bigint }
  >
>();
expectType<
  Equal<
    Struct<"char a[16], b; u8 c[sizeof(struct in6_addr)]; unsigned char d [4]; bool e[2]; signed char f[3]; __u8 g[2][6];">,
    { a: string; b: number; c: Uint8Array; d: Uint8Array; e: boolean[]; f: number[]; g: Uint8Array[] }
  >
>();
expectType<
  Equal<
    Struct<"u32 a:4, b : 28; u64 c:33; u64 d:32; bool e:1; int :5; enum kind f:2;">,
    { a: number; b: number; c: bigint; d: number; e: boolean; f: number }
  >
>();
expectType<
  Equal<
    Struct<"u64 a __attribute__((aligned(8))); volatile u32 b; int (*c)(void *, int); struct s_t *next;">,
    { a: bigint; b: number; c: bigint; next: bigint }
  >
>();

// White space and what stands between members.
expectType<
  Equal<
    Struct<"\n\tu32\ta;\n\t\tstruct sock\n\t*b;\n\tchar   c [ 16 ] ;\n">,
    { a: number; b: bigint; c: string }
  >
>();
expectType<
  Equal<
    Struct<"\n  u32 a; // u32 no; };\n  /* u32 never; */ u32 b;\n#if X\n  u64 c;\n#else\n#endif\n">,
    { a: number; b: number; c: bigint }
  >
>();
expectType<Equal<Struct<"\n  EXTRA_MEMBERS\n  u32 a;\n">, { a: number }>>();

// Structs in structs.
expectType<
  Equal<
    Struct<"u32 a; struct { u32 x; union { u64 y; char z[4]; } in; } b; union { u32 c; struct { u16 d, e; }; }; u32 f;">,
    { a: number; b: { x: number; in: { y: bigint; z: string } }; c: number; d: number; e: number; f: number }
  >
>();
expectType<
  Equal<
    Struct<"struct tag { u8 x; } a[2]; enum { A, B = 3 } b; enum { C };\n#ifdef X\n u32 c;\n#endif\n">,
    { a: { x: number }[]; b: number; c: number }
  >
>();
expectType<
  Equal<
    InferMaps<"struct in_t\n{ u32 a; };\nstruct out_t{ struct in_t one, two[2]; };\nBPF_ARRAY(m, struct out_t);">["m"]["value"],
    { one: { a: number }; two: { a: number }[] }
  >
>();

expectType<
  Equal<
    Struct<"struct { u32 a; } __attribute__((aligned(8))); union { u32 b; } __packed; u32 c;">,
    { a: number; b: number; c: number }
  >
>();

// Typedefs.
expectType<Equal<Typedef<"typedef u64 t_t;">, bigint>>();
expectType<Equal<Typedef<"typedef struct { u32 a; } t_t;">, { a: number }>>();
expectType<Equal<Typedef<"typedef struct tag_t { u32 a; } __attribute__((packed)) t_t;">, { a: number }>>();
expectType<Equal<Typedef<"struct tag_t { u32 a; };\ntypedef struct tag_t t_t;">, { a: number }>>();
expectType<Equal<Typedef<"typedef struct tag_t t_t; struct tag_t { u8 a; };">, { a: number }>>();
expectType<Equal<Typedef<"typedef char t_t[16];">, string>>();
expectType<
  Equal<
    Typedef<"typedef u8 mac_t[6]; typedef struct { mac_t a, b[2]; } t_t;">,
    { a: Uint8Array; b: Uint8Array[] }
  >
>();
expectType<
  Equal<Typedef<"typedef u8 octet_t; typedef struct { octet_t a, b[2]; } t_t;">, { a: number; b: Uint8Array }>
>();
expectType<Equal<Typedef<"typedef enum { A, B } t_t;">, number>>();
expectType<Equal<Typedef<"typedef int (*t_t)(void *);">, bigint>>();
expectType<Equal<Typedef<"typedef struct sock *t_t;">, bigint>>();
expectType<Equal<Typedef<"typedef u32 other_t;">, unknown>>();

// White space before the brace.
expectType<Equal<Value<"struct s_t\t{ u8 a; };\nBPF_HASH(m, u32, struct s_t);">, { a: number }>>();
expectType<Equal<Value<"struct s_t \n{ u8 a; };\nBPF_HASH(m, u32, struct s_t);">, { a: number }>>();
