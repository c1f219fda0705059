/** A function of a file that is made up. `section` 0 is an imported one. */
export interface MadeFunction {
  readonly name: string;
  readonly address: number;
  readonly size?: number;
  /** 2 a function, 10 one that the dynamic linker chooses, 1 a variable. */
  readonly type?: number;
  readonly section?: number;
}

/** An ELF file with one segment (address 0x400000 at offset 0x1000, 0x1000 bytes) and one symbol table. */
export function madeElf(
  functions: readonly MadeFunction[],
  names = `\0${functions.map((f) => f.name).join("\0")}\0`,
): Buffer {
  const strings = Buffer.from(names);
  const symbols = Buffer.alloc(24 * (functions.length + 1));
  functions.forEach((f, i) => {
    const at = 24 * (i + 1);
    symbols.writeUInt32LE(names.indexOf(`${f.name}\0`), at);
    symbols.writeUInt8(f.type ?? 2, at + 4);
    symbols.writeUInt16LE(f.section ?? 1, at + 6);
    symbols.writeBigUInt64LE(BigInt(f.address), at + 8);
    symbols.writeBigUInt64LE(BigInt(f.size ?? 0), at + 16);
  });
  const [programs, sections, body] = [64, 64 + 56, 64 + 56 + 3 * 64];
  const bytes = Buffer.concat([Buffer.alloc(body), symbols, strings, Buffer.alloc(0x2000)]);
  bytes.write("\x7fELF\x02\x01\x01", 0, "latin1");
  bytes.writeBigUInt64LE(BigInt(programs), 32);
  bytes.writeBigUInt64LE(BigInt(sections), 40);
  const sizes = [56, 1, 64, 3];
  sizes.forEach((size, i) => {
    bytes.writeUInt16LE(size, 54 + i * 2);
  });
  bytes.writeUInt32LE(1, programs);
  const numbers = [0x1000, 0x400000, 0, 0x1000, 0x1000];
  numbers.forEach((number, i) => {
    bytes.writeBigUInt64LE(BigInt(number), programs + 8 + i * 8);
  });
  section(1, 2, body, symbols.length, 2);
  section(2, 3, body + symbols.length, strings.length, 0);
  return bytes;

  function section(index: number, type: number, offset: number, size: number, link: number): void {
    const at = sections + index * 64;
    bytes.writeUInt32LE(type, at + 4);
    bytes.writeBigUInt64LE(BigInt(offset), at + 24);
    bytes.writeBigUInt64LE(BigInt(size), at + 32);
    bytes.writeUInt32LE(link, at + 40);
  }
}
