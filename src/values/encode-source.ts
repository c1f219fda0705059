import { Constants } from "./decode-source.ts";
import type { EncodeFunction, UnionMember } from "./encode-function.ts";
import type { EncodeHelpers } from "./encode-helpers.ts";
import {
  type BitsShape,
  type IntegerShape,
  isEmpty,
  type RecordShape,
  type Shape,
  slotNames,
} from "./shape.ts";

/** Expressions of the generated code: the bytes' place, and the path for messages. */
interface Place {
  readonly base: string;
  readonly add: number;
  readonly path: string;
}

/**
 * Compiles the writing of one shape. The memory must be zero before: padding is skipped, and bit-fields
 * are put into what is there.
 */
export function compileEncode(shape: Shape, helpers: EncodeHelpers): EncodeFunction {
  const source = new EncodeSource(helpers);
  const lines = source.statements(shape, "x", { base: "o", add: 0, path: "p" });
  const body = `"use strict";return (x,v,o,p)=>{${lines}}`;
  return new Function(...source.constants.names, body)(...source.constants.values) as EncodeFunction;
}

class EncodeSource {
  readonly constants = new Constants();
  private readonly helpers: EncodeHelpers;
  private readonly help: string;
  private variables = 0;

  constructor(helpers: EncodeHelpers) {
    this.helpers = helpers;
    this.help = this.constants.add("help", helpers);
  }

  statements(shape: Shape, value: string, place: Place): string {
    const at = offset(place);
    const { help } = this;
    switch (shape.kind) {
      case "integer":
        return this.integer(shape, value, place);
      case "boolean":
        return `v.setUint8(${at},${help}.boolean(${value},${place.path})?1:0);`;
      case "float":
        return `v.setFloat${shape.size * 8}(${at},${help}.float(${value},${place.path}),true);`;
      case "bits":
        return this.bits(shape, value, place);
      case "text":
        return `${help}.text(${value},v,${at},${shape.size},${place.path});`;
      case "bytes":
        return `${help}.bytes(${value},v,${at},${shape.size},${place.path});`;
      case "list":
        return this.list(shape.of, shape.count, value, place);
      case "record":
        return `${help}.object(${value},${place.path});${this.members(shape, value, place)}`;
    }
  }

  private integer(shape: IntegerShape, value: string, place: Place): string {
    const { low, high } = integerLimits(shape.size * 8, shape.signed);
    const x = this.variable();
    const set = (kind: string, text: string, more = 0) =>
      `v.set${kind}(${offset(place, more)},${text}${kind.endsWith("8") ? "" : ",true"});`;
    const sign = shape.signed ? "Int" : "Uint";
    if (shape.size <= 4) {
      const test = `typeof ${x}!=="number"||!(${x}>=${low}&&${x}<=${high})||${x}%1!==0`;
      return `let ${x}=${value};if(${test})${this.help}.integer(${x},${low}n,${high}n,${place.path});${set(`${sign}${shape.size * 8}`, x)}`;
    }
    const test = `typeof ${x}!=="bigint"||${x}<${low}n||${x}>${high}n`;
    const checked = `let ${x}=${value};if(${test})${x}=${this.help}.wide(${x},${low}n,${high}n,${place.path});`;
    if (shape.size === 8) return checked + set(`Big${sign}64`, x);
    const lowHalf = set("BigUint64", `BigInt.asUintN(64,${x})`);
    return checked + lowHalf + set("BigInt64", `BigInt.asIntN(64,${x}>>64n)`, 8);
  }

  private bits(shape: BitsShape, value: string, place: Place): string {
    const { low, high } = integerLimits(shape.width, shape.reading === "signed");
    const check = shape.reading === "boolean" ? "booleanBit" : shape.width <= 32 ? "narrowBits" : "wide";
    const limits = shape.reading === "boolean" ? "" : `${low}n,${high}n,`;
    const bits = `${this.help}.${check}(${value},${limits}${place.path})`;
    return `${this.help}.putBits(v,${offset(place)},${shape.shift},${shape.width},${bits});`;
  }

  private list(of: Shape, count: number, value: string, place: Place): string {
    const [x, index] = [this.variable(), this.variable()];
    const inner = {
      base: `${offset(place)}+${index}*${of.size}`,
      add: 0,
      path: `${place.path}+"["+${index}+"]"`,
    };
    const check = `let ${x}=${value};${this.help}.list(${x},${count},${place.path});`;
    return `${check}for(let ${index}=0;${index}<${count};${index}++){${this.statements(of, `${x}[${index}]`, inner)}}`;
  }

  private members(shape: RecordShape, value: string, place: Place): string {
    if (shape.union) return this.union(shape, value, place);
    return shape.slots
      .filter((slot) => !isEmpty(slot.shape))
      .map((slot) => {
        const inner = { ...place, add: place.add + slot.offset };
        if (slot.name === "" && slot.shape.kind === "record") return this.members(slot.shape, value, inner);
        const name = JSON.stringify(slot.name);
        const path = `${place.path}+${JSON.stringify(`.${slot.name}`)}`;
        const member = this.variable();
        const code = this.statements(slot.shape, member, { ...inner, path });
        return `{const ${member}=${value}[${name}];${code}}`;
      })
      .join("");
  }

  /** Which members were given is known only from the value, so each is a function of its own. */
  private union(shape: RecordShape, value: string, place: Place): string {
    const members: UnionMember[] = shape.slots
      .filter((slot) => !isEmpty(slot.shape))
      .map((slot) => {
        const around: RecordShape = { kind: "record", size: slot.shape.size, union: false, slots: [slot] };
        return { names: slotNames(slot), shape: around, encode: compileEncode(around, this.helpers) };
      });
    if (members.length === 0) return "";
    const table = this.constants.add("union", members);
    return `${this.help}.union(${value},v,${offset(place)},${place.path},${shape.size},${table});`;
  }

  private variable(): string {
    return `x${this.variables++}`;
  }
}

function integerLimits(bits: number, signed: boolean): { low: bigint; high: bigint } {
  const top = 1n << BigInt(signed ? bits - 1 : bits);
  return { low: signed ? -top : 0n, high: top - 1n };
}

function offset(place: Place, more = 0): string {
  const add = place.add + more;
  return add === 0 ? place.base : `${place.base}+${add}`;
}
