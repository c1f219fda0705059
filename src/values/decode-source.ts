import type { BitsShape, IntegerShape, ListShape, RecordShape, Shape } from "./shape.ts";

/** Constants that generated code refers to by name. */
export class Constants {
  readonly names: string[] = [];
  readonly values: unknown[] = [];

  /** The name under which generated code finds `value`. */
  add(prefix: string, value: unknown): string {
    const name = `${prefix}${this.names.length}`;
    this.names.push(name);
    this.values.push(value);
    return name;
  }
}

/** What the decoding code calls for what is too long to write out. */
export interface DecodeHelpers {
  readonly text: (size: number) => (view: DataView, offset: number) => string;
  readonly bytes: (view: DataView, offset: number, size: number) => Uint8Array;
  readonly wideBits: (view: DataView, offset: number, size: number) => bigint;
  readonly list: (count: number, element: DecodeElement, stride: number) => DecodeElement;
}

export type DecodeElement = (view: DataView, offset: number) => unknown;

/** Where the value lies: `view` is a variable, `base` an expression to which `add` bytes are added. */
interface Place {
  readonly view: string;
  readonly base: string;
  readonly add: number;
}

/**
 * Writes the JavaScript expression that reads a value of one shape: straight-line code without calls in
 * it for numbers and structs, which V8 compiles to plain loads.
 */
export class DecodeSource {
  private readonly constants: Constants;
  private readonly helpers: DecodeHelpers;

  constructor(constants: Constants, helpers: DecodeHelpers) {
    this.constants = constants;
    this.helpers = helpers;
  }

  expression(shape: Shape, view: string, base: string): string {
    return this.at(shape, { view, base, add: 0 });
  }

  private at(shape: Shape, place: Place): string {
    switch (shape.kind) {
      case "integer":
        return integerExpression(shape, place);
      case "boolean":
        return `${place.view}.getUint8(${offset(place)})!==0`;
      case "float":
        return `${place.view}.getFloat${shape.size * 8}(${offset(place)},true)`;
      case "bits":
        return this.bits(shape, place);
      case "text":
        return this.text(shape.size, place);
      case "bytes":
        return this.call(this.helpers.bytes, place, `,${shape.size}`);
      case "list":
        return this.list(shape, place);
      case "record":
        return `{${this.properties(shape, place)}}`;
    }
  }

  private properties(shape: RecordShape, place: Place): string {
    return shape.slots
      .map((slot) => {
        const inner = { ...place, add: place.add + slot.offset };
        if (slot.name === "" && slot.shape.kind === "record") return this.properties(slot.shape, inner);
        return `${propertyKey(slot.name)}:${this.at(slot.shape, inner)}`;
      })
      .filter((text) => text !== "")
      .join(",");
  }

  private text(size: number, place: Place): string {
    if (size === 0) return `""`;
    return `${this.constants.add("text", this.helpers.text(size))}(${place.view},${offset(place)})`;
  }

  /** A short array of numbers is written out, a long one or one of structs is a loop. */
  private list({ of, count, stride = of.size }: ListShape, place: Place): string {
    if (count <= 8 && (of.kind === "integer" || of.kind === "boolean" || of.kind === "float")) {
      const elements = Array.from({ length: count }, (_, index) =>
        this.at(of, { ...place, add: place.add + index * stride }),
      );
      return `[${elements.join(",")}]`;
    }
    const decode = compileDecode(of, this.helpers);
    const loop = this.constants.add("list", this.helpers.list(count, decode, stride));
    return `${loop}(${place.view},${offset(place)})`;
  }

  private bits(shape: BitsShape, place: Place): string {
    const narrow = narrowBits(shape, place);
    if (narrow !== undefined) return narrow;
    const raw = `(${this.call(this.helpers.wideBits, place, `,${shape.size}`)}>>${shape.shift}n)`;
    return `BigInt.${shape.reading === "signed" ? "asIntN" : "asUintN"}(${shape.width},${raw})`;
  }

  private call(helper: unknown, place: Place, more: string): string {
    return `${this.constants.add("help", helper)}(${place.view},${offset(place)}${more})`;
  }
}

/** One value's reading as a function. */
function compileDecode(shape: Shape, helpers: DecodeHelpers): DecodeElement {
  const constants = new Constants();
  const expression = new DecodeSource(constants, helpers).expression(shape, "v", "o");
  const make = new Function(...constants.names, `"use strict";return (v,o)=>(${expression})`);
  return make(...constants.values) as DecodeElement;
}

function offset(place: Place, more = 0): string {
  const add = place.add + more;
  return add === 0 ? place.base : `${place.base}+${add}`;
}

function integerExpression(shape: IntegerShape, place: Place): string {
  const sign = shape.signed ? "Int" : "Uint";
  const get = (kind: string, more = 0) => `${place.view}.get${kind}(${offset(place, more)},true)`;
  if (shape.size === 1) return `${place.view}.get${sign}8(${offset(place)})`;
  if (shape.size <= 4) return get(`${sign}${shape.size * 8}`);
  if (shape.size === 8) return get(`Big${sign}64`);
  return `((${get(`Big${sign}64`, 8)}<<64n)|${get("BigUint64")})`;
}

/** Reads exactly the bytes of the field, because those after it may lie outside of the view. */
function narrowBits(shape: BitsShape, place: Place): string | undefined {
  if (shape.width > 32) return undefined;
  const get = (bits: number, more = 0) =>
    `${place.view}.getUint${bits}(${offset(place, more)}${bits === 8 ? "" : ",true"})`;
  const loads: Record<number, string> = {
    1: get(8),
    2: get(16),
    3: `(${get(16)}|${get(8, 2)}<<16)`,
    4: get(32),
  };
  const raw =
    shape.size === 5
      ? `(${get(32)}>>>${shape.shift}|${get(8, 4)}<<${32 - shape.shift})`
      : `(${loads[shape.size]}>>>${shape.shift})`;
  const up = 32 - shape.width;
  if (shape.reading === "signed") return `(${raw}<<${up}>>${up})`;
  const unsigned = `(${raw}<<${up}>>>${up})`;
  return shape.reading === "boolean" ? `${unsigned}!==0` : unsigned;
}

/** `__proto__` written plainly would set the prototype. */
function propertyKey(name: string): string {
  const quoted = JSON.stringify(name);
  return name === "__proto__" ? `[${quoted}]` : quoted;
}
