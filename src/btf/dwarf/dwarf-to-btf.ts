import type { BtfType, Enumerator, Member } from "../btf-type.ts";
import { writeBtf } from "../write-btf.ts";
import { type DwarfEntry, type DwarfSections, type DwarfUnit, readUnits } from "./dwarf-units.ts";

const AT = {
  name: 0x03,
  byteSize: 0x0b,
  bitSize: 0x0d,
  constValue: 0x1c,
  upperBound: 0x2f,
  origin: 0x31,
  count: 0x37,
  memberPlace: 0x38,
  declaration: 0x3c,
  encoding: 0x3e,
  specification: 0x47,
  type: 0x49,
  bitPlace: 0x6b,
  linkageName: 0x6e,
} as const;
const TAG = {
  parameter: 0x05,
  member: 0x0d,
  inheritance: 0x1c,
  subrange: 0x21,
  enumerator: 0x28,
  subprogram: 0x2e,
};
/** Types of a unit beyond this are left out. */
const MOST_TYPES = 60_000;

/**
 * The functions of some names, their parameters' types, and the named types of the files that they are of, as BTF.
 * Undefined when none of the functions is there. Throws RangeError where the information is damaged.
 */
export function dwarfToBtf(sections: DwarfSections, functions: ReadonlySet<string>): Uint8Array | undefined {
  const types: BtfType[] = [];
  const seen = new Set<string>();
  for (const unit of readUnits(sections)) {
    const writer = new UnitWriter(unit, types);
    const found = unit.root.children.filter((entry) => entry.tag === TAG.subprogram);
    const wanted = found.flatMap((entry) =>
      namesOf(unit, entry)
        .filter((name) => functions.has(name))
        .map((name) => [name, entry] as const),
    );
    for (const [name, entry] of wanted) {
      if (seen.has(name)) continue;
      seen.add(name);
      writer.addFunction(name, entry);
    }
    if (wanted.length > 0) writer.addNamed();
  }
  return seen.size === 0 ? undefined : writeBtf(types);
}

/** What is said where a function is defined may be said where it was declared. */
function originOf({ entries }: DwarfUnit, entry: DwarfEntry): DwarfEntry | undefined {
  const at = entry.attributes.get(AT.origin) ?? entry.attributes.get(AT.specification);
  return typeof at === "number" ? entries.get(at) : undefined;
}

function namesOf(unit: DwarfUnit, entry: DwarfEntry): string[] {
  const own = [AT.linkageName, AT.name].flatMap((at) => {
    const name = entry.attributes.get(at);
    return typeof name === "string" ? [name] : [];
  });
  const origin = own.length > 0 ? undefined : originOf(unit, entry);
  return origin === undefined || origin === entry ? own : namesOf(unit, origin);
}

class UnitWriter {
  readonly #unit: DwarfUnit;
  readonly #types: BtfType[];
  readonly #ids = new Map<number, number>();

  constructor(unit: DwarfUnit, types: BtfType[]) {
    this.#unit = unit;
    this.#types = types;
  }

  addFunction(name: string, entry: DwarfEntry): void {
    const to = this.#prototype(entry);
    this.#types.push({ kind: "func", name, to, linkage: 1 });
  }

  /** Types that a script can name. */
  addNamed(): void {
    for (const entry of this.#unit.root.children) {
      if (this.#types.length > MOST_TYPES) return;
      const isType = [0x02, 0x04, 0x13, 0x16, 0x17].includes(entry.tag);
      if (isType && entry.attributes.has(AT.name)) this.#id(entry);
    }
  }

  #prototype(entry: DwarfEntry): number {
    const origin = originOf(this.#unit, entry);
    const parameters = entry.children.filter(({ tag }) => tag === TAG.parameter);
    const described = parameters.length === 0 && origin !== undefined ? origin.children : parameters;
    const returns = this.#typeOf(entry.attributes.has(AT.type) ? entry : (origin ?? entry));
    const written = described
      .filter(({ tag }) => tag === TAG.parameter)
      .map((parameter) => {
        const from = originOf(this.#unit, parameter) ?? parameter;
        return { name: textOf(from, AT.name), type: this.#typeOf(from) };
      });
    return this.#types.push({ kind: "func_proto", returns, parameters: written });
  }

  /** The id of the type that an entry is of; 0 is void. */
  #typeOf(entry: DwarfEntry): number {
    const at = entry.attributes.get(AT.type);
    const type = typeof at === "number" ? this.#unit.entries.get(at) : undefined;
    return type === undefined ? 0 : this.#id(type);
  }

  #id(entry: DwarfEntry): number {
    const known = this.#ids.get(entry.offset);
    if (known !== undefined) return known;
    // Types lead back to themselves: the place is taken before what is in it is looked at.
    const id = this.#types.push({ kind: "fwd", name: "", of: "struct" });
    this.#ids.set(entry.offset, id);
    const type = this.#convert(entry);
    if (type === undefined) {
      this.#ids.set(entry.offset, 0);
      return 0;
    }
    this.#types[id - 1] = type;
    return id;
  }

  #convert(entry: DwarfEntry): BtfType | undefined {
    const name = textOf(entry, AT.name);
    switch (entry.tag) {
      case 0x24:
        return baseType(entry, name);
      case 0x0f: // pointer
      case 0x10: // reference
      case 0x42: // rvalue reference
        return { kind: "ptr", to: this.#typeOf(entry) };
      case 0x26:
      case 0x47: // atomic
        return { kind: "const", to: this.#typeOf(entry) };
      case 0x35:
        return { kind: "volatile", to: this.#typeOf(entry) };
      case 0x37:
        return { kind: "restrict", to: this.#typeOf(entry) };
      case 0x16:
        return { kind: "typedef", name, to: this.#typeOf(entry) };
      case 0x02: // class
      case 0x13:
      case 0x17:
        return this.#composite(entry, name);
      case 0x04:
        return this.#enumeration(entry, name);
      case 0x01:
        return this.#array(entry);
      case 0x15: {
        const parameters = entry.children.filter(({ tag }) => tag === TAG.parameter);
        const written = parameters.map((parameter) => ({
          name: textOf(parameter, AT.name),
          type: this.#typeOf(parameter),
        }));
        return { kind: "func_proto", returns: this.#typeOf(entry), parameters: written };
      }
      default:
        return undefined;
    }
  }

  #composite(entry: DwarfEntry, name: string): BtfType {
    const kind = entry.tag === 0x17 ? "union" : "struct";
    if (entry.attributes.has(AT.declaration)) return { kind: "fwd", name, of: kind };
    const members = entry.children.flatMap((child): Member[] => {
      if (child.tag !== TAG.member && child.tag !== TAG.inheritance) return [];
      const bitSize = numberOf(child, AT.bitSize) ?? 0;
      const bitPlace = numberOf(child, AT.bitPlace);
      const bitOffset = bitPlace ?? 8 * (numberOf(child, AT.memberPlace) ?? 0);
      return [{ name: textOf(child, AT.name), type: this.#typeOf(child), bitOffset, bitSize }];
    });
    return { kind, name, size: numberOf(entry, AT.byteSize) ?? 0, members };
  }

  #enumeration(entry: DwarfEntry, name: string): BtfType {
    const values = entry.children.flatMap((child): Enumerator[] =>
      child.tag === TAG.enumerator
        ? [{ name: textOf(child, AT.name), value: BigInt(numberOf(child, AT.constValue) ?? 0) }]
        : [],
    );
    const signed = values.some(({ value }) => value < 0n);
    return { kind: "enum", name, size: numberOf(entry, AT.byteSize) ?? 4, signed, values };
  }

  /** An array of arrays has all of its counts in one entry. */
  #array(entry: DwarfEntry): BtfType {
    const counts = entry.children
      .filter(({ tag }) => tag === TAG.subrange)
      .map((range) => numberOf(range, AT.count) ?? (numberOf(range, AT.upperBound) ?? -1) + 1);
    let of = this.#typeOf(entry);
    for (const count of counts.slice(1).reverse())
      of = this.#types.push({ kind: "array", of, index: 0, count });
    return { kind: "array", of, index: 0, count: counts[0] ?? 0 };
  }
}

const ENCODINGS = { 2: "bool", 5: "signed", 6: "signed", 7: "unsigned", 8: "unsigned" } as const;

function baseType(entry: DwarfEntry, name: string): BtfType {
  const size = numberOf(entry, AT.byteSize) ?? 0;
  const encoding = numberOf(entry, AT.encoding) ?? 0x07;
  if (encoding === 0x04) return { kind: "float", name, size };
  const known = ENCODINGS[encoding as keyof typeof ENCODINGS] ?? "unsigned";
  return { kind: "int", name, size, encoding: known, bits: 8 * size, bitOffset: 0 };
}

function textOf(entry: DwarfEntry, attribute: number): string {
  const value = entry.attributes.get(attribute);
  return typeof value === "string" ? value : "";
}

function numberOf(entry: DwarfEntry, attribute: number): number | undefined {
  const value = entry.attributes.get(attribute);
  return typeof value === "number" ? value : undefined;
}
