import type { Btf } from "./btf.ts";
import { damaged } from "./btf-damage.ts";
import type { CompositeType, Member } from "./btf-type.ts";

/** One thing in the body of a struct, in order. */
export type PlannedItem =
  | {
      readonly kind: "member";
      readonly member: Member;
      /** The alignment of its type forbids its place, so it must be packed, inside a packed struct or not. */
      readonly packed: boolean;
    }
  /** An unnamed bit-field of this many bits of an integer of `unit` bits. */
  | { readonly kind: "pad"; readonly bits: number; readonly unit: number }
  /** Bytes too many for bit-fields. */
  | { readonly kind: "hole"; readonly bytes: number };

/** How a struct or union must be written so that a compiler lays it out as BTF says. */
export interface LayoutPlan {
  readonly items: readonly PlannedItem[];
  readonly packed: boolean;
  /** Written as aligned(N) when the struct is packed; what the compiler finds by itself otherwise. */
  readonly alignment: number;
}

/** Gaps up to this many bytes become unnamed bit-fields, which positional initialisers skip. */
const MOST_PADDED = 64;
const MOST_DEPTH = 200;

/**
 * Finds plans. BTF has offsets and sizes but neither alignments nor `packed`, so these are worked out: a
 * member where its type's alignment would not put it is packed, a gap is padded, and a struct whose size is
 * no multiple of its alignment is packed as a whole.
 */
export class LayoutPlanner {
  readonly #btf: Btf;
  readonly #plans = new Map<number, LayoutPlan>();
  #depth = 0;

  constructor(btf: Btf) {
    this.#btf = btf;
  }

  /** With `loose`, the plan for an alignment of 1: for an anonymous member that stands where it should not. */
  plan(id: number, loose = false): LayoutPlan {
    const key = loose ? -id : id;
    const known = this.#plans.get(key);
    if (known !== undefined) return known;
    if (++this.#depth > MOST_DEPTH) throw damaged(`type ${id} contains itself, or too much`);
    const type = this.#btf.type(id);
    if (type.kind !== "struct" && type.kind !== "union") throw damaged(`type ${id} is no struct`);
    const plan = type.kind === "struct" ? this.#planStruct(type, loose) : this.#planUnion(type, loose);
    this.#depth--;
    this.#plans.set(key, plan);
    return plan;
  }

  /** The alignment in bytes that a compiler gives the type as it is emitted. */
  alignmentOf(id: number): number {
    let at = id;
    for (;;) {
      at = this.#btf.resolve(at);
      const type = this.#btf.type(at);
      switch (type.kind) {
        case "int":
        case "enum":
          return type.size;
        case "ptr":
          return 8;
        case "float":
          return type.size === 4 || type.size === 8 ? type.size : 1;
        case "array":
          // Ends: sizeOf has been asked before and refuses arrays that contain themselves.
          at = type.of;
          continue;
        case "struct":
        case "union":
          return this.plan(at).alignment;
        default:
          return 1;
      }
    }
  }

  #planStruct(type: CompositeType, loose: boolean): LayoutPlan {
    const sizes = type.members.map((member) => this.#btf.sizeOf(member.type));
    const alignments = type.members.map((member) => this.alignmentOf(member.type));
    const misplaced = type.members.map((member, i) => isMisplaced(member, sizes[i] ?? 0, alignments[i] ?? 1));
    const largest = Math.max(1, ...alignments.filter((_, i) => !misplaced[i]));
    // A bit-field that crosses its unit is packed with the whole struct: clang warns of an attribute of its own.
    const crosses = type.members.some(({ bitSize }, i) => bitSize > 0 && misplaced[i] === true);
    const packed = loose || crosses || type.size % largest !== 0;
    const alignment = packed ? largestDivisor(type.size, loose ? 1 : largest) : largest;
    const items: PlannedItem[] = [];
    let end = 0;
    type.members.forEach((member, i) => {
      const size = sizes[i] ?? 0;
      const isPacked = packed || misplaced[i] === true;
      if (member.bitOffset < end) throw damaged(`members of struct ${type.name} overlap at ${member.name}`);
      const natural = naturalOffset(end, member, size, isPacked ? 1 : (alignments[i] ?? 1), isPacked);
      if (natural !== member.bitOffset) items.push(...padding(end, member.bitOffset, alignment));
      items.push({ kind: "member", member, packed: misplaced[i] === true && member.bitSize === 0 });
      end = member.bitOffset + (member.bitSize || size * 8);
    });
    if (end > type.size * 8) throw damaged(`the members of struct ${type.name} end outside of it`);
    const naturalSize = Math.ceil(end / 8 / alignment) * alignment;
    if (naturalSize !== type.size) items.push(...padding(end, type.size * 8, alignment));
    return { items, packed, alignment };
  }

  #planUnion(type: CompositeType, loose: boolean): LayoutPlan {
    const alignments = type.members.map((member) => this.alignmentOf(member.type));
    const largest = Math.max(1, ...alignments);
    const packed = loose || type.size % largest !== 0;
    const alignment = packed ? largestDivisor(type.size, loose ? 1 : largest) : largest;
    let end = 0;
    const items: PlannedItem[] = type.members.map((member) => {
      if (member.bitOffset !== 0) throw damaged(`member ${member.name} of union ${type.name} is not at 0`);
      end = Math.max(end, member.bitSize || this.#btf.sizeOf(member.type) * 8);
      return { kind: "member", member, packed: false };
    });
    if (end > type.size * 8) throw damaged(`the members of union ${type.name} end outside of it`);
    const naturalSize = Math.ceil(end / 8 / alignment) * alignment;
    if (naturalSize !== type.size) items.push({ kind: "hole", bytes: type.size });
    return { items, packed, alignment };
  }
}

/** True when the alignment of the member's type forbids its place. */
function isMisplaced(member: Member, size: number, alignment: number): boolean {
  if (member.bitSize === 0) return member.bitOffset % (alignment * 8) !== 0;
  return (member.bitOffset % (alignment * 8)) + member.bitSize > size * 8;
}

/** Where a compiler puts the member when `end` bits are taken. */
function naturalOffset(
  end: number,
  member: Member,
  size: number,
  alignment: number,
  packed: boolean,
): number {
  const unit = alignment * 8;
  if (member.bitSize === 0) return Math.ceil(end / unit) * unit;
  const crosses = !packed && (end % unit) + member.bitSize > size * 8;
  return crosses ? Math.ceil(end / unit) * unit : end;
}

/** The largest power of two that divides the size and is at most `limit`. */
function largestDivisor(size: number, limit: number): number {
  let alignment = limit;
  while (size % alignment !== 0) alignment /= 2;
  return alignment;
}

/**
 * Fills the bits from `start` to `end`: to the next byte, then in the largest units that are aligned. Units
 * larger than the struct's alignment would raise it on arm64.
 */
function padding(start: number, end: number, alignment: number): PlannedItem[] {
  const items: PlannedItem[] = [];
  let at = start;
  while (at < end) {
    if (at % 8 === 0 && end - at >= MOST_PADDED * 8) {
      const bytes = Math.floor((end - at) / 8);
      items.push({ kind: "hole", bytes });
      at += bytes * 8;
      continue;
    }
    const unit = [64, 32, 16].find((u) => u <= alignment * 8 && at % u === 0 && at + u <= end) ?? 8;
    const bits = Math.min(unit - (at % unit), end - at);
    items.push({ kind: "pad", bits, unit });
    at += bits;
  }
  return items;
}
