/**
 * Builds BTF word by word, as the format's documentation has it. It shares no code with the library, so that
 * a mistake in one is not hidden by the same mistake in the other.
 */
export class BtfBuilder {
  readonly #types: number[][] = [];
  readonly #firstId: number;
  readonly #stringsBefore: number;
  #strings: string;

  /** With a first id and the length of the base's strings: split BTF. */
  constructor(firstId = 1, stringsBefore = 0) {
    this.#firstId = firstId;
    this.#stringsBefore = stringsBefore;
    this.#strings = stringsBefore === 0 ? "\0" : "";
  }

  /** Every call adds the string again: repeated strings are legal. */
  string(text: string): number {
    if (text === "") return 0;
    const offset = this.#stringsBefore + Buffer.byteLength(this.#strings);
    this.#strings += `${text}\0`;
    return offset;
  }

  /** A type of any kind; gives its id. */
  add(kind: number, name: string, last: number, rest: number[] = [], count = 0, flag = 0): number {
    const info = ((flag << 31) | (kind << 24) | count) >>> 0;
    this.#types.push([this.string(name), info, last, ...rest]);
    return this.#firstId + this.#types.length - 1;
  }

  /** Encoding: 1 signed, 2 char, 4 bool. */
  int(name: string, size: number, encoding = 0, bits = size * 8, bitOffset = 0): number {
    return this.add(1, name, size, [(encoding << 24) | (bitOffset << 16) | bits]);
  }

  pointer(to: number): number {
    return this.add(2, "", to);
  }

  array(of: number, count: number, index = 1): number {
    return this.add(3, "", 0, [of, index, count]);
  }

  /** Members as [name, type, offset in bits, width of a bit-field]; any width sets the flag. */
  struct(name: string, size: number, members: [string, number, number, number?][], kind = 4): number {
    const flag = members.some(([, , , bits]) => bits !== undefined) ? 1 : 0;
    const words = members.flatMap(([member, type, offset, bits = 0]) => {
      return [this.string(member), type, ((bits << 24) | offset) >>> 0];
    });
    return this.add(kind, name, size, words, members.length, flag);
  }

  enum(name: string, size: number, values: [string, number][], signed = 0): number {
    const words = values.flatMap(([value, number]) => [this.string(value), number >>> 0]);
    return this.add(6, name, size, words, values.length, signed);
  }

  enum64(name: string, values: [string, bigint][], signed = 0): number {
    const words = values.flatMap(([value, number]) => [
      this.string(value),
      Number(BigInt.asUintN(32, number)),
      Number(BigInt.asUintN(32, number >> 32n)),
    ]);
    return this.add(19, name, 8, words, values.length, signed);
  }

  typedef(name: string, to: number): number {
    return this.add(8, name, to);
  }

  /** Parameters as [name, type]. */
  prototype(returns: number, parameters: [string, number][]): number {
    const words = parameters.flatMap(([name, type]) => [this.string(name), type]);
    return this.add(13, "", returns, words, parameters.length);
  }

  get stringsLength(): number {
    return Buffer.byteLength(this.#strings);
  }

  bytes(): Buffer {
    const words = this.#types.flat();
    const strings = Buffer.from(this.#strings);
    const bytes = Buffer.alloc(24 + words.length * 4 + strings.length);
    bytes.writeUInt16LE(0xeb9f, 0);
    bytes.writeUInt8(1, 2);
    const header = [24, 0, words.length * 4, words.length * 4, strings.length];
    header.forEach((word, i) => {
      bytes.writeUInt32LE(word, 4 + 4 * i);
    });
    words.forEach((word, i) => {
      bytes.writeUInt32LE(word >>> 0, 24 + 4 * i);
    });
    strings.copy(bytes, 24 + words.length * 4);
    return bytes;
  }
}

/** One of every kind, with what is hard about each. */
export function everyKind(): { bytes: Buffer; ids: Record<string, number> } {
  const b = new BtfBuilder();
  const int = b.int("int", 4, 1);
  const u8 = b.int("unsigned char", 1);
  const bool = b.int("_Bool", 1, 4);
  const u64 = b.int("long unsigned int", 8);
  const u32 = b.typedef("u32", b.int("unsigned int", 4));
  const void_ = b.pointer(0);
  const char = b.int("char", 1, 1);
  const comm = b.array(char, 16, int);
  const color = b.enum("color", 4, [
    ["RED", 0],
    ["BLUE", 5],
  ]);
  const level = b.enum("level", 1, [["LOW", 0xffffffff]], 1);
  const wide = b.enum64("wide", [["WIDE_TOP", 2n ** 63n]]);
  const inner = b.struct("", 8, [
    ["x", u32, 0],
    ["y", u32, 32],
  ]);
  const anonymousUnion = b.struct(
    "",
    8,
    [
      ["whole", u64, 0],
      ["", inner, 0],
    ],
    5,
  );
  const forward = b.add(7, "hidden", 0);
  const toForward = b.pointer(forward);
  const callback = b.pointer(
    b.prototype(int, [
      ["h", toForward],
      ["", 0],
    ]),
  );
  const packet = b.struct("packet", 72, [
    ["comm", comm, 0, 0],
    ["", anonymousUnion, 128, 0],
    ["flag", bool, 192, 1],
    ["kind", color, 196, 3],
    ["level", level, 208, 0],
    ["next", b.pointer(b.add(10, "", forward)), 256, 0],
    ["call", callback, 320, 0],
    ["late", u32, 448, 0],
    ["bytes", b.array(u8, 0, int), 576, 0],
  ]);
  const tagged = b.add(18, "user", packet);
  const volatile_ = b.add(9, "", b.add(11, "", b.pointer(tagged)));
  const func = b.add(12, "do_it", b.prototype(0, []), [], 1);
  const variable = b.add(14, "counter", volatile_, [1]);
  b.add(15, ".data", 8, [variable, 0, 8], 1);
  const double = b.add(16, "double", 8);
  b.add(17, "important", packet, [0xffffffff]);
  const packetT = b.typedef("packet_t", packet);
  const point = b.typedef("point_t", b.struct("", 16, [["d", double, 64]]));
  const ids = { int, u8, bool, u64, u32, void_, comm, color, level, wide, packet, callback };
  return { bytes: b.bytes(), ids: { ...ids, volatile_, func, variable, packetT, point, forward, inner } };
}
