const HEADER = 64;

/** A section. */
export interface Part {
  readonly name: string;
  readonly address: number;
  readonly bytes: Buffer;
}

/** An ELF file of nothing but sections. */
export function elfOf(parts: readonly Part[]): Buffer {
  const all = [{ name: "", address: 0, bytes: Buffer.alloc(0) }, ...parts];
  const names = Buffer.from(`${all.map(({ name }) => `${name}\0`).join("")}.shstrtab\0`);
  const sections = [...all, { name: ".shstrtab", address: 0, bytes: names }];
  const header = Buffer.alloc(HEADER);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(62, 18);
  header.writeBigUInt64LE(64n, 40);
  header.writeUInt16LE(64, 58);
  header.writeUInt16LE(sections.length, 60);
  header.writeUInt16LE(sections.length - 1, 62);
  const table = Buffer.alloc(64 * sections.length);
  let offset = HEADER + table.length;
  let nameAt = 0;
  sections.forEach(({ name, address, bytes }, i) => {
    table.writeUInt32LE(nameAt, i * 64);
    table.writeUInt32LE(i === 0 ? 0 : 1, i * 64 + 4);
    table.writeBigUInt64LE(BigInt(address), i * 64 + 16);
    table.writeBigUInt64LE(BigInt(offset), i * 64 + 24);
    table.writeBigUInt64LE(BigInt(bytes.length), i * 64 + 32);
    offset += bytes.length;
    nameAt += name.length + 1;
  });
  return Buffer.concat([header, table, ...sections.map(({ bytes }) => bytes)]);
}

/** A note as the assembler makes it. */
export function note(owner: string, type: number, numbers: readonly bigint[], texts: string): Buffer {
  const name = padded(Buffer.from(`${owner}\0`));
  const body = Buffer.concat([...numbers.map(number64), Buffer.from(texts)]);
  const head = Buffer.alloc(12);
  [owner.length + 1, body.length, type].forEach((value, i) => {
    head.writeUInt32LE(value, i * 4);
  });
  return Buffer.concat([head, name, padded(body)]);
}

function number64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

/** Two of probes, and one of something else. */
export const ONE = note("stapsdt", 3, [0x1000n, 0x2000n, 0n], "libc\0setjmp\x008@%rdi -4@%esi\0");
export const TWO = note("stapsdt", 3, [0x1100n, 0x2000n, 0x4000n], "app\0begin\0\0");
export const OTHER = note("GNU", 3, [1n, 2n, 3n], "a\0b\0c\0");
