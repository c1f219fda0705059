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
  return { c: literal(raw, bits), value: bits <= 32 ? Number(wide) : wide };
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
    return { c: value ? "1" : "0", value };
  },
};

const double: CType = {
  declare: (name) => `double ${name}`,
  sample: (random) => {
    const value = random.below(2_000_001) / 64 - 10_000;
    return { c: value.toFixed(8), value };
  },
};

export const SCALARS: readonly CType[] = [
  integer("unsigned char", 8, false),
  integer("signed char", 8, true),
  integer("unsigned short", 16, false),
  integer("short", 16, true),
  integer("u32", 32, false),
  integer("const int", 32, true),
  integer("u64", 64, false),
  integer("long", 64, true),
  integer("unsigned __int128", 128, false),
  integer("__int128", 128, true),
  integer("enum colour", 32, true),
  integer("enum size", 32, false),
  integer("enum big", 64, false),
  boolean,
  double,
];

const pointer: CType = {
  declare: (name) => `struct opaque *${name}`,
  sample: (random) => {
    const value = random.bits(64);
    return { c: `(void *)${value}ULL`, value };
  },
};

function text(size: number): CType {
  return {
    declare: (name) => `char ${name}[${size}]`,
    sample: (random) => {
      const length = random.below(size + 1);
      const value = Array.from({ length }, () => "abcxyz019 _-/é€😀"[random.below(16)] ?? "").join("");
      const bytes = [...new TextEncoder().encode(value)].slice(0, size);
      return { c: `{${bytes.join(",")}}`, value: decodeUtf8(Uint8Array.from(bytes)) };
    },
  };
}

function bytes(size: number): CType {
  return {
    declare: (name) => `u8 ${name}[${size}]`,
    sample: (random) => {
      const value = Uint8Array.from({ length: size }, () => random.below(256));
      return { c: `{${value.join(",")}}`, value };
    },
  };
}

function array(of: CType, count: number): CType {
  return {
    declare: (name) => of.declare(`${name}[${count}]`),
    sample: (random) => {
      const samples = Array.from({ length: count }, () => of.sample(random));
      return { c: `{${samples.map((each) => each.c).join(",")}}`, value: samples.map((each) => each.value) };
    },
  };
}

/** A member's type, which may be a new struct that is declared in `declarations`. */
export function memberType(random: Random, depth: number, records: RecordMaker): CType {
  const scalar = () => SCALARS[random.below(SCALARS.length)] ?? boolean;
  switch (random.below(depth > 0 ? 9 : 7)) {
    case 0:
      return text(1 + random.below(20));
    case 1:
      return bytes(1 + random.below(20));
    case 2:
      return pointer;
    case 3: {
      const of = scalar();
      // An array of unsigned char is bytes, which the case above makes.
      return of === SCALARS[0] ? of : array(of, 1 + random.below(12));
    }
    case 4: {
      const of = scalar();
      return of === SCALARS[0] ? of : array(array(of, 1 + random.below(3)), 1 + random.below(3));
    }
    case 7:
      return records(depth - 1);
    case 8:
      return array(records(depth - 1), 1 + random.below(3));
    default:
      return scalar();
  }
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
    ["_Bool", 1, false],
  ];
  const [unit, most, signed] = units[random.below(units.length)] ?? ["int", 32, true];
  const width = 1 + random.below(most);
  return {
    declare: (name) => `${unit} ${name} : ${width}`,
    sample: (random) => {
      const sample = integerSample(random, width, signed);
      return unit === "_Bool" ? { ...sample, value: sample.value === 1 } : narrow(sample, width, signed);
    },
  };
}

/** A constant that fits the field, so that clang has nothing to warn about. */
function narrow(sample: Sample, width: number, signed: boolean): Sample {
  if (!signed) return sample;
  const value = BigInt(sample.value as number | bigint);
  const minimum = -(1n << BigInt(width - 1));
  return { value: sample.value, c: value === minimum ? `(${value + 1n}LL-1)` : `${value}LL` };
}
