import type { DeferredLayout, ValueLayout } from "../program/value-layout.ts";
import { mergeAggregate } from "./merge-aggregate.ts";
import type { ScriptValue } from "./script-value.ts";
import { decodeUtf8 } from "./utf8.ts";

/** What the values of a script are spelled with. */
export interface ScriptSpelling {
  /** Spells what only user space can spell: the bytes of the value are at the offset. */
  deferred(layout: DeferredLayout, view: DataView, offset: number): ScriptValue;
  /** A text of so many bytes that fills its room but for the NUL may have been cut: what is shown of it. */
  full?(text: string, bytes: number): string;
}

/** The value whose bytes are at an offset, as its layout says. Aggregates are those of one CPU. */
export function decodeScriptValue(
  view: DataView,
  offset: number,
  layout: ValueLayout,
  spell: ScriptSpelling,
): ScriptValue {
  const at = (place: { readonly offset: number; readonly layout: ValueLayout }) =>
    decodeScriptValue(view, offset + place.offset, place.layout, spell);
  switch (layout.kind) {
    case "none":
      return { kind: "none" };
    case "integer": {
      const value = integerAt(view, offset, layout.size, layout.signed);
      const name = layout.names?.[value.toString()];
      return { kind: "integer", value, bytes: layout.size, signed: layout.signed, name };
    }
    case "bits":
      return { kind: "integer", value: bitsAt(view, offset, layout), bytes: 8, signed: layout.signed };
    case "boolean":
      return { kind: "boolean", value: view.getUint8(offset) !== 0 };
    case "pointer":
      return { kind: "pointer", value: view.getBigUint64(offset, true) };
    case "string":
      return { kind: "string", value: textAt(view, offset, layout.size, spell) };
    case "buffer": {
      const length = Math.min(view.getUint32(offset, true), layout.size - 4);
      return { kind: "buffer", value: bytesAt(view, offset + 4, length) };
    }
    case "array": {
      const items = Array.from({ length: layout.count }, (_, i) =>
        at({ offset: i * layout.of.size, layout: layout.of }),
      );
      return { kind: "array", items };
    }
    case "tuple":
      return { kind: "tuple", items: layout.items.map(at) };
    case "record":
      return { kind: "record", fields: layout.fields.map((field) => [field.name, at(field)] as const) };
    case "deferred":
      return spell.deferred(layout, view, offset);
    case "aggregate":
      return mergeAggregate(layout.aggregate, view, [offset], layout.size);
  }
}

/** A text up to its NUL. */
function textAt(view: DataView, offset: number, size: number, spell: ScriptSpelling): string {
  let length = 0;
  while (length < size && view.getUint8(offset + length) !== 0) length++;
  const text = decodeUtf8(bytesAt(view, offset, length));
  return length === size - 1 && spell.full !== undefined ? spell.full(text, length) : text;
}

/** A copy, byte by byte, because the views of mapped memory give no byte arrays away. */
function bytesAt(view: DataView, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = view.getUint8(offset + index);
  return bytes;
}

function integerAt(view: DataView, offset: number, size: 1 | 2 | 4 | 8, signed: boolean): bigint {
  switch (size) {
    case 1:
      return BigInt(signed ? view.getInt8(offset) : view.getUint8(offset));
    case 2:
      return BigInt(signed ? view.getInt16(offset, true) : view.getUint16(offset, true));
    case 4:
      return BigInt(signed ? view.getInt32(offset, true) : view.getUint32(offset, true));
    default:
      return signed ? view.getBigInt64(offset, true) : view.getBigUint64(offset, true);
  }
}

function bitsAt(
  view: DataView,
  offset: number,
  { size, shift, width, signed }: { size: number; shift: number; width: number; signed: boolean },
): bigint {
  let bits = 0n;
  for (let index = size - 1; index >= 0; index--) bits = (bits << 8n) | BigInt(view.getUint8(offset + index));
  const value = bits >> BigInt(shift);
  return signed ? BigInt.asIntN(width, value) : BigInt.asUintN(width, value);
}
