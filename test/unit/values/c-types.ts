import { decodeUtf8 } from "../../../src/values/utf8.ts";

/** Random C types with a random value each, as text for clang and as what decoding must give. */

export interface Random {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  bits(count: number): bigint;
}

/** The same numbers for the same seed (xorshift). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0 || 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  return {
    below: (limit) => next() % limit,
    bits(count) {
      let value = 0n;
      for (let have = 0; have < count; have += 32) value = (value << 32n) | BigInt(next());
      return BigInt.asUintN(count, value);
    },
  };
}

/** A value in C (an initialiser) and in TypeScript. */
export interface Sample {
  readonly c: string;
  readonly value: unknown;
  /** The numbers in it, each with what leads to it: `{ path: ".list[2]", c: "5ULL" }`. */
  readonly leaves: readonly Leaf[];
}

export interface Leaf {
  readonly path: string;
  readonly c: string;
  /** A bit-field has no typeof; its constant fits it. */
  readonly bitField?: true;
}

function leaf(c: string, value: unknown): Sample {
  return { c, value, leaves: [{ path: "", c }] };
}

/** The leaves of a part, seen from the whole. */
export function within(path: string, { leaves }: Sample): Leaf[] {
  return leaves.map((each) => ({ ...each, path: path + each.path }));
}

export interface CType {
  /** The declaration of a member or variable of this type: "unsigned int x[3]". */
  declare(name: string): string;
  sample(random: Random): Sample;
}

function integer(spelling: string, bits: number, signed: boolean): CType {
  return {
    declare: (name) => `${spelling} ${name}`,
    sample: (random) => integerSample(random, bits, signed),
  };
}

function integerSample(random: Random, bits: number, signed: boolean): Sample {
  const extreme = [0n, (1n << BigInt(bits)) - 1n, 1n << BigInt(bits - 1), (1n << BigInt(bits - 1)) - 1n];
  const raw = random.below(4) === 0 ? (extreme[random.below(4)] ?? 0n) : random.bits(bits);
  const wide = signed ? BigInt.asIntN(bits, raw) : raw;
  return leaf(literal(raw, bits), bits <= 32 ? Number(wide) : wide);
}

/** The bits as an unsigned constant; initialising something signed with it keeps the bits. */
function literal(raw: bigint, bits: number): string {
  if (bits <= 64) return `${raw}ULL`;
  return `(((unsigned __int128)${raw >> 64n}ULL << 64) | ${BigInt.asUintN(64, raw)}ULL)`;
}

const boolean: CType = {
  declare: (name) => `_Bool ${name}`,
  sample: (random) => {
    const value = random.below(2) === 1;
    return leaf(value ? "1" : "0", value);
  },
};

/** Numbers that a float holds exactly, too. */
function floating(spelling: string): CType {
  return {
    declare: (name) => `${spelling} ${name}`,
    sample: (random) => {
      const value = random.below(2_000_001) / 64 - 10_000;
      return leaf(value.toFixed(8), value);
    },
  };
}

const UNSIGNED_BYTE = integer("unsigned char", 8, false);
const CHARACTER = integer("char", 8, true);

/** What BPF programs can compute with. */
const COMPUTABLE: readonly CType[] = [
  UNSIGNED_BYTE,
  CHARACTER,
  integer("signed char", 8, true),
  integer("unsigned short", 16, false),
  integer("short", 16, true),
  integer("u32", 32, false),
  integer("int", 32, true),
  integer("u64", 64, false),
  integer("long", 64, true),
  integer("unsigned __int128", 128, false),
  integer("__int128", 128, true),
  integer("enum colour", 32, true),
  integer("enum size", 32, false),
  integer("enum big", 64, false),
  integer("enum tiny", 8, false),
  integer("pid_t", 32, true),
  integer("volatile umode_t", 16, false),
  boolean,
];

/** BPF has no floating-point numbers, and what is const is not assigned. */
const CONSTANTS_ONLY = [floating("float"), floating("double"), integer("const int", 32, true)];

/** Types of which an array is text or bytes. */
const BYTES: ReadonlySet<CType> = new Set([UNSIGNED_BYTE, CHARACTER]);

function pointer(declare: CType["declare"]): CType {
  return {
    declare,
    sample: (random) => {
      const value = random.bits(64);
      return leaf(`(void *)${value}ULL`, value);
    },
  };
}

const POINTERS = [
  pointer((name) => `struct opaque *${name}`),
  pointer((name) => `long (*${name})(struct opaque *, int)`),
  pointer((name) => `const char *const *${name}`),
];

function text(size: number): CType {
  return {
    declare: (name) => `char ${name}[${size}]`,
    sample: (random) => {
      const length = random.below(size + 1);
      const value = Array.from({ length }, () => "abcxyz019 _-/é€😀"[random.below(16)] ?? "").join("");
      const bytes = [...new TextEncoder().encode(value)].slice(0, size);
      const filled = Array.from({ length: size }, (_, i) => bytes[i] ?? 0);
      return {
        c: `{${bytes.join(",")}}`,
        value: decodeUtf8(Uint8Array.from(bytes)),
        leaves: elements(filled),
      };
    },
  };
}

function bytes(size: number): CType {
  return {
    declare: (name) => `u8 ${name}[${size}]`,
    sample: (random) => {
      const value = Uint8Array.from({ length: size }, () => random.below(256));
      return { c: `{${value.join(",")}}`, value, leaves: elements([...value]) };
    },
  };
}

function elements(bytes: readonly number[]): Leaf[] {
  return bytes.map((byte, i) => ({ path: `[${i}]`, c: String(byte) }));
}

function array(of: CType, count: number): CType {
  return {
    declare: (name) => of.declare(`${name}[${count}]`),
    sample: (random) => {
      const samples = Array.from({ length: count }, () => of.sample(random));
      return {
        c: `{${samples.map((each) => each.c).join(",")}}`,
        value: samples.map((each) => each.value),
        leaves: samples.flatMap((each, i) => within(`[${i}]`, each)),
      };
    },
  };
}

/** What members are made of. */
export interface Choice {
  /** True for programs, which assign and compare. */
  readonly computable: boolean;
}

/** A member's type, which may be a new struct that `records` makes. */
export function memberType(random: Random, depth: number, records: RecordMaker, choice: Choice): CType {
  const scalars = choice.computable ? COMPUTABLE : [...COMPUTABLE, ...CONSTANTS_ONLY];
  const scalar = () => pick(random, scalars);
  const count = (most: number) => 1 + random.below(most);
  switch (random.below(depth > 0 ? 11 : 9)) {
    case 0:
      return text(count(20));
    case 1:
      return bytes(count(20));
    case 2:
      return pick(random, POINTERS);
    case 3: {
      const of = scalar();
      return BYTES.has(of) ? array(text(count(8)), count(3)) : array(of, count(12));
    }
    case 4: {
      const of = scalar();
      return BYTES.has(of) ? array(bytes(count(8)), count(3)) : array(array(of, count(3)), count(3));
    }
    case 5:
      return array(pick(random, POINTERS), count(4));
    case 6:
      return named(scalar(), random);
    case 9:
      return records(depth - 1);
    case 10:
      return array(records(depth - 1), count(3));
    default:
      return scalar();
  }
}

/** With an alignment of its own, which moves it and what follows. */
function named(type: CType, random: Random): CType {
  const alignment = 1 << random.below(5);
  return { ...type, declare: (name) => `${type.declare(name)} __attribute__((aligned(${alignment})))` };
}

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[random.below(from.length)] as T;
}

export type RecordMaker = (depth: number) => CType;

/** A bit-field, in the unit that C gives it. */
export function bitField(random: Random): CType {
  const units: [string, number, boolean][] = [
    ["unsigned int", 32, false],
    ["int", 32, true],
    ["unsigned char", 8, false],
    ["unsigned short", 16, false],
    ["unsigned long long", 64, false],
    ["long long", 64, true],
    ["unsigned __int128", 128, false],
    ["pid_t", 32, true],
    ["enum size", 32, false],
    ["enum colour", 32, true],
    ["_Bool", 1, false],
  ];
  const [unit, most, signed] = pick(random, units);
  const width = 1 + random.below(most);
  return {
    declare: (name) => `${unit} ${name} : ${width}`,
    sample: (random) => {
      const sample = integerSample(random, width, signed);
      const { c, value } =
        unit === "_Bool" ? { c: sample.c, value: sample.value === 1 } : narrow(sample, width, signed);
      return { c, value, leaves: [{ path: "", c, bitField: true }] };
    },
  };
}

/** A constant that fits the field, so that clang has nothing to warn about. */
function narrow(sample: Sample, width: number, signed: boolean): { c: string; value: unknown } {
  if (!signed) return sample;
  const value = BigInt(sample.value as number | bigint);
  const minimum = -(1n << BigInt(width - 1));
  return { value: sample.value, c: value === minimum ? `(${value + 1n}LL-1)` : `${value}LL` };
}

/** The names that the types above use, where no other header has them. */
export const ENUMS = `
enum colour { RED = -2, GREEN, BLUE = 7 }; enum size { SMALL, LARGE = 0xffffffff };
enum big { BIG = 0xffffffffffffffffULL }; enum tiny { TINY = 200 } __attribute__((packed));
`;
export const TYPE_NAMES = `
typedef unsigned char u8; typedef unsigned int u32; typedef unsigned long long u64;
typedef int pid_t; typedef unsigned short umode_t;
${ENUMS}`;
