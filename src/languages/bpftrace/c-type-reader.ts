import type { Btf } from "../../btf/btf.ts";
import type { EnumType, IntType } from "../../btf/btf-type.ts";
import type { AddressSpace, Enumeration, IntegerType, StructMember, Type } from "../../program/types.ts";

const NONE: Type = { kind: "none" };

/** C types out of BTF. A struct's members, and what a pointer leads to, are read when they are asked for. */
export class CTypeReader {
  /** Where a struct may be defined that is declared alone. */
  readonly #sources: () => Iterable<Btf>;
  readonly #known = new Map<Btf, Map<string, Type>>();
  readonly #enumerations = new Map<Btf, Map<number, Enumeration>>();

  constructor(sources: () => Iterable<Btf>) {
    this.#sources = sources;
  }

  /** The type with an id. `space`: whose memory its pointers lead to. */
  typeOf(btf: Btf, id: number, space: AddressSpace = "kernel"): Type {
    let known = this.#known.get(btf);
    if (known === undefined) {
      known = new Map();
      this.#known.set(btf, known);
    }
    const key = `${id} ${space}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const type = this.#read(btf, id, space);
    known.set(key, type);
    return type;
  }

  #read(btf: Btf, id: number, space: AddressSpace): Type {
    const resolved = btf.resolve(id);
    const type = btf.type(resolved);
    switch (type.kind) {
      case "int":
        return integerOf(type);
      case "enum":
        return this.#enumOf(btf, resolved, type);
      case "ptr":
        return this.#pointerOf(btf, type.to, space);
      case "array":
        return this.#arrayOf(btf, type.of, type.count, space);
      case "struct":
      case "union": {
        const name = `${type.kind} ${type.name}`;
        let members: readonly StructMember[] | undefined;
        return {
          kind: "struct",
          name,
          size: type.size,
          members: () => {
            members ??= type.members.map((member) => ({
              name: member.name,
              type: this.typeOf(btf, member.type, space),
              bitOffset: member.bitOffset,
              bitSize: member.bitSize,
            }));
            return members;
          },
        };
      }
      case "fwd":
        return this.#forward(`${type.of} ${type.name}`);
      default:
        return NONE;
    }
  }

  /** Pointers are followed when they are looked into: types lead back to themselves. */
  #pointerOf(btf: Btf, to: number, space: AddressSpace): Type {
    const where = userTagged(btf, to) ? "user" : space;
    let pointee: Type | undefined;
    const read = () => {
      pointee ??= this.typeOf(btf, to, where);
      return pointee;
    };
    return {
      kind: "pointer",
      space: where,
      get to() {
        return read();
      },
    };
  }

  /** Arrays of char are text. */
  #arrayOf(btf: Btf, of: number, count: number, space: AddressSpace): Type {
    const element = btf.type(btf.resolve(of));
    const isChar =
      element.kind === "int" &&
      element.size === 1 &&
      /char$/.test(element.name) &&
      !/unsigned/.test(element.name);
    if (isChar && count > 0) return { kind: "string", size: count };
    return { kind: "array", of: this.typeOf(btf, of, space), count };
  }

  /** Declared in one place and defined in another. */
  #forward(name: string): Type {
    const [kind, tag = ""] = name.split(" ");
    for (const btf of this.#sources()) {
      const id = btf.find(kind === "union" ? "union" : "struct", tag);
      if (id !== undefined) return this.typeOf(btf, id);
    }
    return { kind: "struct", name, size: 0, members: () => [] };
  }

  #enumOf(btf: Btf, id: number, type: EnumType): IntegerType {
    let known = this.#enumerations.get(btf);
    if (known === undefined) {
      known = new Map();
      this.#enumerations.set(btf, known);
    }
    let enumeration = known.get(id);
    if (enumeration === undefined) {
      const names = new Map<bigint, string>();
      for (const { name, value } of type.values) if (!names.has(value)) names.set(value, name);
      enumeration = { name: type.name, names };
      known.set(id, enumeration);
    }
    return { kind: "integer", bytes: type.size as 1 | 2 | 4 | 8, signed: type.signed, enumeration };
  }
}

function integerOf(type: IntType): Type {
  if (type.encoding === "bool") return { kind: "boolean" };
  const bytes = type.size > 8 ? 8 : type.size;
  return { kind: "integer", bytes: bytes as 1 | 2 | 4 | 8, signed: type.encoding !== "unsigned" };
}

function userTagged(btf: Btf, id: number): boolean {
  for (let at = id, steps = 0; steps < 20; steps++) {
    const type = btf.type(at);
    if (type.kind === "type_tag" && type.name === "user") return true;
    if (type.kind !== "type_tag" && type.kind !== "const" && type.kind !== "volatile") return false;
    at = type.to;
  }
  return false;
}
