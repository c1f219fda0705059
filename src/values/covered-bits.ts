import type { Shape } from "./shape.ts";

/**
 * The bits of an encoded value that are certain, as a mask: not padding, nor what decoding loses (bytes
 * after the end of a text, which bits made a boolean true or a float NaN). This is
 * how members of a union are compared and put together.
 */
export function coveredBits(shape: Shape, bytes: Uint8Array): Uint8Array {
  const mask = new Uint8Array(bytes.length);
  cover(shape, bytes, 0, mask);
  return mask;
}

function cover(shape: Shape, bytes: Uint8Array, offset: number, mask: Uint8Array): void {
  switch (shape.kind) {
    case "text":
      coverText(bytes, offset, shape.size, mask);
      return;
    case "bits":
      coverBits(mask, offset, shape.shift, shape.width);
      return;
    case "list":
      for (let index = 0; index < shape.count; index++) {
        cover(shape.of, bytes, offset + index * shape.of.size, mask);
      }
      return;
    case "boolean":
      if (bytes[offset] === 0) mask.fill(0xff, offset, offset + shape.size);
      return;
    case "float":
      if (!isNaNAt(bytes, offset, shape.size)) mask.fill(0xff, offset, offset + shape.size);
      return;
    case "record":
      for (const slot of shape.slots) cover(slot.shape, bytes, offset + slot.offset, mask);
      return;
    default:
      mask.fill(0xff, offset, offset + shape.size);
  }
}

/** Bits of which at least one is set, the first and one more than the last. */
export interface NeededBits {
  readonly start: number;
  readonly end: number;
}

/**
 * What the bits that coveredBits leaves out have to say together: one of a boolean's bits makes it true, one of
 * a fraction's makes a float NaN instead of infinite.
 */
export function neededBits(shape: Shape, bytes: Uint8Array): NeededBits[] {
  const needed: NeededBits[] = [];
  collectNeeded(shape, bytes, 0, needed);
  return needed;
}

function collectNeeded(shape: Shape, bytes: Uint8Array, offset: number, needed: NeededBits[]): void {
  switch (shape.kind) {
    case "boolean":
      // Only its first byte is looked at.
      if (bytes[offset] !== 0) needed.push({ start: offset * 8, end: offset * 8 + 8 });
      return;
    case "float":
      if (isNaNAt(bytes, offset, shape.size)) {
        needed.push({ start: offset * 8, end: offset * 8 + FRACTION_BITS[shape.size] });
      }
      return;
    case "list":
      for (let index = 0; index < shape.count; index++) {
        collectNeeded(shape.of, bytes, offset + index * shape.of.size, needed);
      }
      return;
    case "record":
      for (const slot of shape.slots) collectNeeded(slot.shape, bytes, offset + slot.offset, needed);
  }
}

const FRACTION_BITS = { 4: 23, 8: 52 } as const;

function isNaNAt(bytes: Uint8Array, offset: number, size: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, size);
  return Number.isNaN(size === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true));
}

function coverText(bytes: Uint8Array, offset: number, size: number, mask: Uint8Array): void {
  const text = bytes.subarray(offset, offset + size);
  const end = text.indexOf(0);
  mask.fill(0xff, offset, offset + (end === -1 ? size : end + 1));
}

function coverBits(mask: Uint8Array, offset: number, shift: number, width: number): void {
  for (let bit = shift; bit < shift + width; bit++) {
    const at = offset + (bit >> 3);
    mask[at] = (mask[at] ?? 0) | (1 << (bit & 7));
  }
}
