import { damaged } from "./btf-damage.ts";
import type {
  BtfKind,
  BtfType,
  CompositeType,
  DatasecType,
  Enumerator,
  EnumType,
  FuncProtoType,
  IntType,
  Member,
} from "./btf-type.ts";
import { KIND, kindOf, type TypeTable } from "./type-table.ts";

/** What decoding needs besides the words: the text at a string offset, and the integer that a type is. */
export interface DecodeContext {
  string(offset: number): string;
  /** The first and second words of an INT's data, through typedefs and qualifiers; undefined for others. */
  intData(id: number): { size: number; data: number } | undefined;
}

/** The kinds by number; ENUM64 is decoded to the same shape as ENUM. */
export const KIND_NAMES: readonly BtfKind[] = [
  "void",
  ...Object.keys(KIND)
    .slice(0, 18)
    .map((name) => name as BtfKind),
  "enum",
];

/** Decodes the type that begins at a word. The table guarantees that all its words exist. */
export function decodeType(table: TypeTable, start: number, context: DecodeContext): BtfType {
  const { words } = table;
  const word = (i: number): number => words[start + i] as number;
  const info = word(1);
  const kind = kindOf(info);
  const flag = info >>> 31 === 1;
  const last = word(2);
  const name = context.string(word(0));
  switch (kind) {
    case KIND.int:
      return decodeInt(name, last, word(3));
    case KIND.ptr:
      return { kind: "ptr", to: last };
    case KIND.array:
      return { kind: "array", of: word(3), index: word(4), count: word(5) };
    case KIND.struct:
    case KIND.union:
      return {
        kind: kind === KIND.struct ? "struct" : "union",
        name,
        size: last,
        members: decodeMembers(table, start, flag, context),
      } satisfies CompositeType;
    case KIND.enum:
    case KIND.enum64:
      return decodeEnum(table, start, name, flag, context);
    case KIND.fwd:
      return { kind: "fwd", name, of: flag ? "union" : "struct" };
    case KIND.typedef:
    case KIND.type_tag:
      return { kind: kind === KIND.typedef ? "typedef" : "type_tag", name, to: last };
    case KIND.const:
    case KIND.volatile:
    case KIND.restrict:
      return { kind: KIND_NAMES[kind] as "const" | "volatile" | "restrict", to: last };
    case KIND.func:
      return { kind: "func", name, to: last, linkage: info & 0xffff };
    case KIND.func_proto:
      return decodeProto(table, start, context);
    case KIND.var:
      return { kind: "var", name, to: last, linkage: word(3) };
    case KIND.datasec:
      return decodeDatasec(table, start, name);
    case KIND.float:
      return { kind: "float", name, size: last };
    case KIND.decl_tag:
      return { kind: "decl_tag", name, to: last, component: word(3) | 0 };
    default:
      throw damaged(`kind ${kind}`);
  }
}

function decodeInt(name: string, size: number, data: number): IntType {
  const bits = data & 0xff;
  if (![1, 2, 4, 8, 16].includes(size)) throw damaged(`the integer ${name} has ${size} bytes`);
  const bitOffset = (data >>> 16) & 0xff;
  if (bits + bitOffset > size * 8) throw damaged(`the integer ${name} has ${bits} bits in ${size} bytes`);
  const flags = (data >>> 24) & 0xf;
  const encoding = flags & 4 ? "bool" : flags & 2 ? "char" : flags & 1 ? "signed" : "unsigned";
  return { kind: "int", name, size, encoding, bits, bitOffset };
}

/**
 * With the flag a member holds the width of a bit-field itself. Without it (pahole before 1.13) a bit-field
 * is a member whose integer has fewer bits than its size.
 */
function decodeMembers(table: TypeTable, start: number, flag: boolean, context: DecodeContext): Member[] {
  const { words } = table;
  const count = (words[start + 1] as number) & 0xffff;
  const members: Member[] = [];
  for (let i = 0; i < count; i++) {
    const at = start + 3 + 3 * i;
    const name = context.string(words[at] as number);
    const type = words[at + 1] as number;
    const offset = words[at + 2] as number;
    if (flag) {
      members.push({ name, type, bitOffset: offset & 0xffffff, bitSize: offset >>> 24 });
      continue;
    }
    const int = context.intData(type);
    const bits = int === undefined ? 0 : int.data & 0xff;
    const shift = int === undefined ? 0 : (int.data >>> 16) & 0xff;
    const isBitField = int !== undefined && (bits !== int.size * 8 || shift !== 0);
    members.push({ name, type, bitOffset: offset + shift, bitSize: isBitField ? bits : 0 });
  }
  return members;
}

function decodeEnum(
  table: TypeTable,
  start: number,
  name: string,
  signed: boolean,
  context: DecodeContext,
): EnumType {
  const { words } = table;
  const info = words[start + 1] as number;
  const size = words[start + 2] as number;
  if (![1, 2, 4, 8].includes(size)) throw damaged(`the enum ${name} has ${size} bytes`);
  const values: Enumerator[] = [];
  for (let i = 0; i < (info & 0xffff); i++) {
    const at = enumeratorAt(info, start, i);
    values.push({ name: context.string(words[at] as number), value: enumeratorValue(words, info, at) });
  }
  return { kind: "enum", name, size, signed, values };
}

/** The word at which an enumerator of an enum type begins. */
export function enumeratorAt(info: number, start: number, index: number): number {
  return start + 3 + index * (kindOf(info) === KIND.enum64 ? 3 : 2);
}

export function enumeratorValue(words: Uint32Array, info: number, at: number): bigint {
  const signed = info >>> 31 === 1;
  const low = words[at + 1] as number;
  if (kindOf(info) === KIND.enum) return BigInt(signed ? low | 0 : low);
  const both = (BigInt(words[at + 2] as number) << 32n) | BigInt(low);
  return signed ? BigInt.asIntN(64, both) : both;
}

function decodeProto(table: TypeTable, start: number, context: DecodeContext): FuncProtoType {
  const { words } = table;
  const count = (words[start + 1] as number) & 0xffff;
  const parameters = Array.from({ length: count }, (_, i) => ({
    name: context.string(words[start + 3 + 2 * i] as number),
    type: words[start + 4 + 2 * i] as number,
  }));
  return { kind: "func_proto", returns: words[start + 2] as number, parameters };
}

function decodeDatasec(table: TypeTable, start: number, name: string): DatasecType {
  const { words } = table;
  const count = (words[start + 1] as number) & 0xffff;
  const variables = Array.from({ length: count }, (_, i) => {
    const at = start + 3 + 3 * i;
    return { type: words[at] as number, offset: words[at + 1] as number, size: words[at + 2] as number };
  });
  return { kind: "datasec", name, size: words[start + 2] as number, variables };
}
