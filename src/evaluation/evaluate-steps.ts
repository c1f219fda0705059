import type { Step, Value } from "../program/tir.ts";
import { placeItems, sizeOfType } from "../program/type-layout.ts";
import type { Type } from "../program/types.ts";
import { type Datum, readDatum, writeDatum, zeroOf } from "./datum.ts";
import { EvaluateValues } from "./evaluate-value.ts";
import { sumUp } from "./sum-up.ts";

type Of<Kind extends Step["kind"]> = Extract<Step, { kind: Kind }>;

/** What the kernel repeats at most. */
const ENDLESS = 1 << 23;

/** How a row of statements was left; undefined when it came to its end. */
type Left = "break" | "continue" | "leave" | "return" | undefined;

/** A `break`, `continue`, `return` or the end of a function in the middle of an expression. */
class LeftExpression extends Error {
  readonly how: Left;

  constructor(how: Left) {
    super("left");
    this.how = how;
  }
}

/** The statements of one block. */
export class EvaluateSteps extends EvaluateValues {
  /** Gives how they were left. */
  steps(body: readonly Step[]): Left {
    for (const step of body) {
      const left = this.#caught(step);
      if (left !== undefined) return left;
    }
    return undefined;
  }

  protected override block({ body, value, type }: Extract<Value, { kind: "block" }>): Datum {
    const left = this.steps(body);
    if (left !== undefined) throw new LeftExpression(left);
    return value === undefined ? zeroOf(type) : this.value(value);
  }

  #caught(step: Step): Left {
    try {
      return this.#step(step);
    } catch (error) {
      if (error instanceof LeftExpression) return error.how;
      throw error;
    }
  }

  #step(step: Step): Left {
    switch (step.kind) {
      case "set-local":
        this.locals.set(step.local.id, this.value(step.value));
        return undefined;
      case "clear-local":
        this.locals.set(step.local.id, zeroOf(step.local.type));
        return undefined;
      case "set-map":
        return this.#setMap(step);
      case "add-to-map":
        return this.#addToMap(step);
      case "aggregate":
        return this.#aggregate(step);
      case "evaluate":
        this.value(step.value);
        return undefined;
      case "if":
        return this.steps(this.isTrue(step.test) ? step.body : step.otherwise);
      case "while":
        return this.#repeat(ENDLESS, () => (this.isTrue(step.test) ? this.steps(step.body) : "break"));
      case "for-range":
        return this.#forRange(step);
      case "for-map":
        return this.#forMap(step);
      case "repeat":
        return this.#repeat(step.count, () => this.steps(step.body));
      case "break":
      case "continue":
      case "leave":
        return step.kind;
      case "function": {
        const left = this.steps(step.body);
        return left === "leave" ? undefined : left;
      }
      case "return":
        if (step.value !== undefined) this.value(step.value);
        return "return";
      case "emit": {
        const values = step.arguments.map((argument) => this.value(argument));
        this.state.emit(step.action, values, step.span);
        return undefined;
      }
    }
  }

  #repeat(times: number, body: (round: number) => Left): Left {
    for (let round = 0; round < times; round++) {
      const left = body(round);
      if (left === "return" || left === "leave") return left;
      if (left === "break") break;
    }
    return undefined;
  }

  #setMap({ map: index, key: keyValue, value: given }: Of<"set-map">): undefined {
    const contents = this.map(index);
    const value = this.value(given);
    const key = this.key(contents, keyValue);
    this.state.stored(contents.set(key, value), contents.map, given.span);
  }

  #addToMap({ map: index, key: keyValue, value, span }: Of<"add-to-map">): undefined {
    const contents = this.map(index);
    const by = this.number(value);
    const key = this.key(contents, keyValue);
    const before = contents.get(key);
    this.state.stored(contents.set(key, BigInt(before as bigint) + by), contents.map, span);
  }

  #aggregate({ map: index, key: keyValue, aggregate, value, span }: Of<"aggregate">): undefined {
    const contents = this.map(index);
    const given = {
      value: value === undefined ? 0n : this.number(value),
      signed: value?.type.kind === "integer" && value.type.signed,
    };
    const key = this.key(contents, keyValue);
    const { value: type } = contents.map;
    const signed = type.kind === "aggregate" && "signed" in type.aggregate && type.aggregate.signed;
    const words = contents.words(key);
    if (!contents.has(key) && !this.state.stored(contents.setWords(key, words), contents.map, span)) return;
    sumUp(words, aggregate, given, signed, () => this.state.seriesTime());
    contents.setWords(key, words);
  }

  #forRange({ local, from, to, body }: Of<"for-range">): Left {
    const [first, last] = [from, to].map((bound) => BigInt.asIntN(64, this.number(bound)));
    if (first === undefined || last === undefined || last <= first) return undefined;
    const count = last - first < BigInt(ENDLESS) ? Number(last - first) : ENDLESS;
    return this.#repeat(count, (round) => {
      this.locals.set(local.id, BigInt.asIntN(64, first + BigInt(round)));
      return this.steps(body);
    });
  }

  #forMap({ local, map: index, body }: Of<"for-map">): Left {
    const contents = this.map(index);
    const keys = contents.keys();
    const types: readonly Type[] = local.type.kind === "tuple" ? local.type.items : [];
    const [keyType, valueType] = types;
    if (keyType === undefined || valueType === undefined) return undefined;
    const { offsets } = placeItems(types);
    return this.#repeat(keys.length, (round) => {
      const key = keys[round] as Uint8Array;
      if (!contents.has(key)) return undefined;
      const pair = new Uint8Array(sizeOfType(local.type));
      writeDatum(pair, offsets[0] ?? 0, keyType, readDatum(key, 0, keyType));
      writeDatum(pair, offsets[1] ?? 0, valueType, this.summed(contents, key, valueType));
      this.locals.set(local.id, pair);
      return this.steps(body);
    });
  }
}
