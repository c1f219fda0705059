/** Goes through the bytes of a section of debug information. Reading past its end throws RangeError. */
export class DwarfCursor {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  /** A number of 1, 2, 3, 4 or 8 bytes; one of 8 is as near as a double can be. */
  unsigned(size: number): number {
    const at = this.at;
    this.at += size;
    switch (size) {
      case 1:
        return this.#view.getUint8(at);
      case 2:
        return this.#view.getUint16(at, true);
      case 3:
        return this.#view.getUint16(at, true) + this.#view.getUint8(at + 2) * 65_536;
      case 4:
        return this.#view.getUint32(at, true);
      default:
        return Number(this.#view.getBigUint64(at, true));
    }
  }

  /** The length that a unit begins with: where it ends, and how many bytes its offsets have. */
  unitSize(): { readonly offsetSize: 4 | 8; readonly end: number } {
    const short = this.unsigned(4);
    const offsetSize = short === 0xffffffff ? 8 : 4;
    const length = offsetSize === 8 ? this.unsigned(8) : short;
    const end = this.at + length;
    if (end > this.bytes.length) throw new RangeError("a unit ends outside of its section");
    return { offsetSize, end };
  }

  /** LEB128 without a sign. */
  uleb(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.unsigned(1);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  /** LEB128 with a sign. */
  sleb(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.unsigned(1);
      value += (byte & 127) * scale;
      if (byte < 128) return (byte & 64) === 0 ? value : value - 128 * scale;
    }
  }

  /** Text as far as its NUL. */
  text(): string {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0) throw new RangeError("a text has no end");
    const text = Buffer.from(this.bytes.buffer, this.bytes.byteOffset + this.at, end - this.at);
    this.at = end + 1;
    return text.toString("utf8");
  }
}

/** The text at an offset of a section of texts; empty outside of it. */
export function textAt(bytes: Uint8Array, offset: number): string {
  return offset < bytes.length ? new DwarfCursor(bytes, offset).text() : "";
}
