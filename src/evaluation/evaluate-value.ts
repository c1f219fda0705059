import { fitted, integerOperation, isOneNumber } from "../program/integer-operations.ts";
import type { Local, Value } from "../program/tir.ts";
import { sizeOfType } from "../program/type-layout.ts";
import type { Type } from "../program/types.ts";
import { bitsAt, composed, converted, reinterpreted } from "./change-type.ts";
import { bytesOf, type Datum, encoded, numberOf, readDatum, sameBytes, textBytes, zeroOf } from "./datum.ts";
import { evaluateCall } from "./evaluate-call.ts";
import type { MapContents } from "./map-contents.ts";
import { notEvaluated } from "./not-evaluated.ts";
import type { ScriptState } from "./script-state.ts";
import { summedNumber } from "./sum-up.ts";

type Of<Kind extends Value["kind"]> = Extract<Value, { kind: Kind }>;

const NO_KEY = new Uint8Array();

/** The values of expressions. Parts are evaluated from left to right, each once. */
export abstract class EvaluateValues {
  protected readonly state: ScriptState;
  protected readonly locals = new Map<number, Datum>();

  constructor(state: ScriptState) {
    this.state = state;
  }

  /** What a block does before its value; undefined when it leaves what is around it. */
  protected abstract block(value: Of<"block">): Datum;

  value(value: Value): Datum {
    switch (value.kind) {
      case "constant":
        return isOneNumber(value.type) ? fitted(value.value, value.type) : zeroOf(value.type);
      case "text":
        return textOf(value);
      case "local":
        return this.#local(value.local);
      case "map-value":
        return this.#mapValue(value);
      case "map-has":
      case "map-delete":
      case "map-length":
        return this.#mapQuestion(value);
      case "step":
        return this.#step(value);
      case "part": {
        const bytes = bytesOf(this.value(value.of));
        if (value.bits !== undefined) return bitsAt(bytes, value.offset, value.bits, value.type);
        return readDatum(bytes, value.offset, value.type);
      }
      case "element":
        return this.#element(value);
      case "negate":
        return fitted(-this.number(value.operand), value.type);
      case "not":
        return this.number(value.operand) === 0n ? 1n : 0n;
      case "complement":
        return fitted(~this.number(value.operand), value.type);
      case "binary":
        return this.#binary(value);
      case "equal-bytes":
        return this.#equalBytes(value);
      case "and":
        return this.isTrue(value.left) && this.isTrue(value.right) ? 1n : 0n;
      case "or":
        return this.isTrue(value.left) || this.isTrue(value.right) ? 1n : 0n;
      case "choice":
        return this.#choice(value);
      case "convert":
        return converted(this.value(value.operand), value.operand.type, value.type);
      case "reinterpret":
        return reinterpreted(this.value(value.operand), value.operand.type, value.type);
      case "compose": {
        const items = value.items.map((item) => this.value(item));
        const types = value.items.map((item) => item.type);
        return composed(items, types, value.type);
      }
      case "call":
        return evaluateCall(
          value,
          value.arguments.map((argument) => this.value(argument)),
        );
      case "block":
        return this.block(value);
      case "address":
      case "c-call":
      case "context":
      case "context-address":
      case "read":
        throw notEvaluated(value.kind === "read" ? "what lies in memory" : "an address or a context");
    }
  }

  protected number(value: Value): bigint {
    return numberOf(this.value(value));
  }

  protected isTrue(value: Value): boolean {
    return this.number(value) !== 0n;
  }

  protected map(index: number): MapContents {
    const map = this.state.maps[index];
    if (map === undefined) throw new RangeError(`there is no map ${index}`);
    return map;
  }

  protected key({ map }: MapContents, key: Value | undefined): Uint8Array {
    if (key === undefined || map.key === undefined) return NO_KEY;
    return encoded(this.value(key), key.type);
  }

  /** What the map's aggregate comes to as one number. */
  protected summed(contents: MapContents, key: Uint8Array, type: Type): Datum {
    const { value } = contents.map;
    if (value.kind !== "aggregate") return contents.get(key);
    const { aggregate } = value;
    const signed = "signed" in aggregate && aggregate.signed;
    return fitted(summedNumber(contents.words(key), aggregate, signed), type);
  }

  #local(local: Local): Datum {
    return this.locals.get(local.id) ?? zeroOf(local.type);
  }

  #mapValue({ map, key, type }: Of<"map-value">): Datum {
    const contents = this.map(map);
    return this.summed(contents, this.key(contents, key), type);
  }

  #mapQuestion(value: Of<"map-has" | "map-delete" | "map-length">): bigint {
    const contents = this.map(value.map);
    if (value.kind === "map-length") return BigInt(contents.length);
    const key = this.key(contents, value.key);
    const had = value.kind === "map-has" ? contents.has(key) : contents.delete(key);
    if (!had && value.discarded && !contents.isScalar) this.state.notDeleted(value.span);
    return had ? 1n : 0n;
  }

  #step({ place, by, gives, type, span }: Of<"step">): bigint {
    const change = (before: Datum) => {
      const after = fitted(numberOf(before) + by, type);
      return { after, result: gives === "old" ? numberOf(before) : after };
    };
    if (place.kind === "local") {
      const { after, result } = change(this.#local(place.local));
      this.locals.set(place.local.id, after);
      return result;
    }
    const contents = this.map(place.map);
    const key = this.key(contents, place.key);
    const { after, result } = change(contents.get(key));
    return this.state.stored(contents.set(key, after), contents.map, span) ? result : 0n;
  }

  /** Nothing where the index is outside. */
  #element({ of, index, size, count, type }: Of<"element">): Datum {
    const bytes = bytesOf(this.value(of));
    const at = this.number(index);
    if (at < 0n || at >= BigInt(count)) return zeroOf(type);
    return readDatum(bytes, Number(at) * size, type);
  }

  #binary({ operator, left, right, signed, type, span }: Of<"binary">): bigint {
    const [a, b] = [this.number(left), this.number(right)];
    const shiftsSign = left.type.kind === "integer" && left.type.signed;
    const result = integerOperation(operator, a, b, { signed, shiftsSign });
    if (result !== undefined) return fitted(result, type);
    this.state.divisionByZero(span);
    return 1n;
  }

  #equalBytes({ left, right, negated }: Of<"equal-bytes">): bigint {
    const [a, b] = [bytesOf(this.value(left)), bytesOf(this.value(right))];
    const same = left.type.kind === "string" ? sameBytes(textBytes(a), textBytes(b)) : sameBytes(a, b);
    return same !== negated ? 1n : 0n;
  }

  #choice({ test, value, otherwise }: Of<"choice">): Datum {
    if (value !== undefined) return this.value(this.isTrue(test) ? value : otherwise);
    const tested = this.number(test);
    return tested === 0n ? this.value(otherwise) : tested;
  }
}

function textOf({ bytes, type }: Of<"text">): Uint8Array {
  const room = new Uint8Array(Math.max(1, sizeOfType(type)));
  room.set([...bytes.slice(0, room.length)].map((byte) => byte.charCodeAt(0)));
  return room;
}
