import type { Btf } from "../btf/btf.ts";
import type { BtfType, IntType, Member } from "../btf/btf-type.ts";
import { BpfError } from "../errors.ts";
import type { BitsShape, IntegerShape, Shape, Slot } from "./shape.ts";

/** What is asked of a Btf here. */
export type TypeSource = Pick<Btf, "type" | "resolve">;

/** Nesting beyond this is a damaged BTF, in which a struct may contain itself. */
const MAX_DEPTH = 64;
/** Bytes. No map value or event is larger; a damaged array count is. */
const MAX_SIZE = 1 << 28;

/** The shape of type `id`. Throws BpfError "TYPE" when values of it cannot exist in memory. */
export function shapeOf(btf: TypeSource, id: number): Shape {
  return shapeAt(btf, id, 0);
}

function shapeAt(btf: TypeSource, id: number, depth: number): Shape {
  if (depth > MAX_DEPTH) throw unreadable("a type that contains itself");
  const type = btf.type(btf.resolve(id));
  switch (type.kind) {
    case "int":
      return intShape(type);
    case "ptr":
      return { kind: "integer", size: 8, signed: false };
    case "enum":
      return integer(type.size, type.signed || type.values.some((each) => each.value < 0n));
    case "float":
      return type.size === 4 || type.size === 8
        ? { kind: "float", size: type.size }
        : { kind: "bytes", size: type.size };
    case "array":
      return arrayShape(btf, type, depth);
    case "struct":
    case "union":
      return {
        kind: "record",
        size: bounded(type.size),
        union: type.kind === "union",
        slots: type.members
          .flatMap((member) => slotOf(btf, member, depth))
          .map((slot) => within(slot, type.size)),
      };
    default:
      throw unreadable(`${type.kind}${"name" in type ? ` ${type.name}` : ""}`);
  }
}

function intShape(type: IntType): Shape {
  if (type.encoding === "bool") return { kind: "boolean", size: type.size };
  return integer(type.size, type.encoding === "signed");
}

function integer(size: number, signed: boolean): IntegerShape {
  if (size !== 1 && size !== 2 && size !== 4 && size !== 8 && size !== 16) {
    throw unreadable(`an integer of ${size} bytes`);
  }
  return { kind: "integer", size, signed };
}

function arrayShape(btf: TypeSource, type: BtfType & { kind: "array" }, depth: number): Shape {
  const element = btf.type(btf.resolve(type.of));
  if (element.kind === "int" && element.size === 1 && element.encoding !== "bool") {
    // The kernel is built with unsigned char and clang's char is signed: only the name tells text.
    if (element.name === "char") return { kind: "text", size: bounded(type.count) };
    if (element.encoding !== "signed") return { kind: "bytes", size: bounded(type.count) };
  }
  const of = shapeAt(btf, type.of, depth + 1);
  return { kind: "list", of, count: bounded(type.count), size: bounded(of.size * type.count) };
}

/** Reading beyond a value is nothing that a damaged BTF may cause. */
function within(slot: Slot, size: number): Slot {
  if (slot.offset + slot.shape.size > size)
    throw unreadable(`a member ${slot.name} that is outside of its struct`);
  return slot;
}

/** No slot for nameless padding, one for everything else. */
function slotOf(btf: TypeSource, member: Member, depth: number): Slot[] {
  const type = btf.type(btf.resolve(member.type));
  if (member.name === "" && type.kind !== "struct" && type.kind !== "union") return [];
  const bits = bitField(member, type);
  if (bits !== undefined) {
    const offset = Math.floor(bits.start / 8);
    return [{ name: member.name, offset, shape: bitsShape(bits, type) }];
  }
  if (member.bitOffset % 8 !== 0) throw unreadable(`member ${member.name} between two bytes`);
  return [{ name: member.name, offset: member.bitOffset / 8, shape: shapeAt(btf, member.type, depth + 1) }];
}

/** Where a bit-field lies. Old compilers tell its width in the integer type and not in the member. */
function bitField(member: Member, type: BtfType): { start: number; width: number } | undefined {
  if (member.bitSize !== 0) return { start: member.bitOffset, width: member.bitSize };
  if (type.kind !== "int" || (type.bits === type.size * 8 && type.bitOffset === 0)) return undefined;
  if (type.encoding === "bool" && type.bits === 1 && member.bitOffset % 8 === 0 && type.bitOffset === 0) {
    return undefined;
  }
  return { start: member.bitOffset + type.bitOffset, width: type.bits };
}

function bitsShape(bits: { start: number; width: number }, type: BtfType): BitsShape {
  const shift = bits.start % 8;
  if (bits.width > 128) throw unreadable(`a bit-field of ${bits.width} bits`);
  const size = Math.ceil((shift + bits.width) / 8);
  return { kind: "bits", size, shift, width: bits.width, reading: bitsReading(type) };
}

function bitsReading(type: BtfType): BitsShape["reading"] {
  if (type.kind === "int" && type.encoding === "bool") return "boolean";
  if (type.kind === "int") return type.encoding === "signed" ? "signed" : "unsigned";
  if (type.kind === "enum")
    return type.signed || type.values.some((v) => v.value < 0n) ? "signed" : "unsigned";
  throw unreadable(`a bit-field of kind ${type.kind}`);
}

function bounded(size: number): number {
  if (size > MAX_SIZE) throw unreadable(`a type of ${size} bytes`);
  return size;
}

function unreadable(what: string): BpfError {
  return new BpfError("TYPE", `values of ${what} cannot be read or written`, {
    hint: "Use a complete type: a struct, a union, a number, an enum, a pointer, or an array of these.",
  });
}
