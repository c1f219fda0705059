import { BpfError } from "../errors.ts";
import type { BtfType, CompositeType, EnumType, IntType } from "./btf-type.ts";
import { KIND } from "./type-table.ts";

const ENCODINGS = { unsigned: 0, signed: 1, char: 2, bool: 4 } as const;

/**
 * Writes types as BTF, in the format that `Btf.parse` and the kernel read. The first type gets id 1. Throws
 * BpfError "BTF" for what the format cannot hold.
 */
export function writeBtf(types: readonly BtfType[]): Uint8Array {
  const strings = new StringTable();
  const words: number[] = [];
  for (const type of types) words.push(...encodeType(type, strings));
  const text = strings.bytes();
  const header = Buffer.alloc(24);
  header.writeUInt16LE(0xeb9f, 0);
  header.writeUInt8(1, 2);
  header.writeUInt32LE(24, 4);
  header.writeUInt32LE(0, 8);
  header.writeUInt32LE(words.length * 4, 12);
  header.writeUInt32LE(words.length * 4, 16);
  header.writeUInt32LE(text.length, 20);
  const body = new DataView(new ArrayBuffer(words.length * 4));
  words.forEach((word, i) => {
    body.setUint32(i * 4, word, true);
  });
  return Buffer.concat([header, new Uint8Array(body.buffer), text]);
}

class StringTable {
  readonly #parts: Buffer[] = [Buffer.from("\0")];
  readonly #offsets = new Map<string, number>([["", 0]]);
  #end = 1;

  offset(text: string): number {
    const known = this.#offsets.get(text);
    if (known !== undefined) return known;
    const part = Buffer.from(`${text}\0`);
    const offset = this.#end;
    this.#parts.push(part);
    this.#offsets.set(text, offset);
    this.#end += part.length;
    return offset;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

function encodeType(type: BtfType, strings: StringTable): number[] {
  const name = "name" in type ? strings.offset(type.name) : 0;
  switch (type.kind) {
    case "void":
      throw new BpfError("BTF", "void has no place in BTF, it is type 0");
    case "int":
      return [name, info(KIND.int, 0), type.size, intData(type)];
    case "array":
      return [name, info(KIND.array, 0), 0, type.of, type.index, type.count];
    case "struct":
    case "union":
      return encodeComposite(type, name, strings);
    case "enum":
      return encodeEnum(type, name, strings);
    case "fwd":
      return [name, info(KIND.fwd, 0, type.of === "union"), 0];
    case "func":
      return [name, info(KIND.func, type.linkage), type.to];
    case "func_proto": {
      const parameters = type.parameters.flatMap((p) => [strings.offset(p.name), p.type]);
      return [name, info(KIND.func_proto, type.parameters.length), type.returns, ...parameters];
    }
    case "var":
      return [name, info(KIND.var, 0), type.to, type.linkage];
    case "datasec": {
      const variables = type.variables.flatMap((v) => [v.type, v.offset, v.size]);
      return [name, info(KIND.datasec, type.variables.length), type.size, ...variables];
    }
    case "float":
      return [name, info(KIND.float, 0), type.size];
    case "decl_tag":
      return [name, info(KIND.decl_tag, 0), type.to, type.component >>> 0];
    default:
      return [name, info(KIND[type.kind], 0), type.to];
  }
}

function info(kind: number, count: number, flag = false): number {
  if (count > 0xffff) throw new BpfError("BTF", `${count} elements are more than a type can have`);
  return ((kind << 24) | count | (flag ? 1 << 31 : 0)) >>> 0;
}

function intData(type: IntType): number {
  return ((ENCODINGS[type.encoding] << 24) | (type.bitOffset << 16) | type.bits) >>> 0;
}

function encodeComposite(type: CompositeType, name: number, strings: StringTable): number[] {
  const flag = type.members.some((member) => member.bitSize > 0);
  const members = type.members.flatMap((member) => {
    if (flag && member.bitOffset > 0xffffff) {
      throw new BpfError("BTF", `${type.kind} ${type.name} has bit-fields and is too large for them`);
    }
    const place = flag ? ((member.bitSize << 24) | member.bitOffset) >>> 0 : member.bitOffset;
    return [strings.offset(member.name), member.type, place];
  });
  const kind = type.kind === "struct" ? KIND.struct : KIND.union;
  return [name, info(kind, type.members.length, flag), type.size, ...members];
}

function encodeEnum(type: EnumType, name: number, strings: StringTable): number[] {
  const isWide = type.size === 8 || type.values.some(({ value }) => value !== narrow(value, type.signed));
  const values = type.values.flatMap((enumerator) => {
    const low = Number(BigInt.asUintN(32, enumerator.value));
    const high = Number(BigInt.asUintN(32, enumerator.value >> 32n));
    return [strings.offset(enumerator.name), low, ...(isWide ? [high] : [])];
  });
  const kind = isWide ? KIND.enum64 : KIND.enum;
  return [name, info(kind, type.values.length, type.signed), type.size, ...values];
}

function narrow(value: bigint, signed: boolean): bigint {
  return signed ? BigInt.asIntN(32, value) : BigInt.asUintN(32, value);
}
