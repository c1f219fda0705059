import type { Value, ValueOf } from "../program/tir.ts";
import { constant, fitted } from "./c-number.ts";
import { LowerOperators } from "./lower-operator.ts";
import { type Operand, scalar } from "./operand.ts";

/** Values to C. Numbers become names of u64, larger things places. */
export abstract class LowerValues extends LowerOperators {
  abstract steps(body: ValueOf<"block">["body"]): void;
  abstract intrinsic(value: ValueOf<"call">): Operand;
  abstract mapValue(value: ValueOf<"map-value">): Operand;
  abstract mapQuestion(value: ValueOf<"map-has" | "map-delete" | "map-length">): Operand;
  abstract step(value: ValueOf<"step">): Operand;

  override value(value: Value): Operand {
    switch (value.kind) {
      case "constant":
        return scalar(constant(value.value));
      case "text":
        return this.text(value);
      case "local":
        return this.local(value.local);
      case "address": {
        const { c } = this.frame.local(value.local, true);
        const name = this.out.number(`(u64)${this.isNumber(value.local.type) ? "&" : ""}${c}`);
        this.out.line(`asm volatile("" : "+r"(${name}) : : "memory");`);
        return scalar(name);
      }
      case "map-value":
        return this.mapValue(value);
      case "map-has":
      case "map-delete":
      case "map-length":
        return this.mapQuestion(value);
      case "step":
        return this.step(value);
      case "context":
        return this.context(value);
      case "context-address":
        return scalar(this.out.number("(u64)ctx"));
      case "read":
        return this.read(value);
      case "part":
        return this.part(value);
      case "element":
        return this.element(value);
      case "negate":
        return scalar(this.out.number(`-${this.number(value.operand)}`));
      case "not":
        return scalar(this.out.number(`!${this.number(value.operand)}`));
      case "complement":
        return scalar(this.out.number(fitted(`~${this.number(value.operand)}`, value.type)));
      case "binary":
        return this.binary(value);
      case "equal-bytes":
        return this.equalBytes(value);
      case "and":
      case "or":
        return this.logical(value);
      case "choice":
        return this.choice(value);
      case "convert":
        return this.convert(value);
      case "reinterpret":
        return this.reinterpret(value);
      case "compose":
        return this.compose(value);
      case "call":
        return this.intrinsic(value);
      case "c-call":
        return this.#ownC(value);
      case "block":
        this.steps(value.body);
        return value.value === undefined ? scalar("0") : this.value(value.value);
    }
  }

  #ownC({ name, arguments: values, type }: ValueOf<"c-call">): Operand {
    const given = values.map((value) => {
      const { c } = this.value(value);
      return this.isNumber(value.type) && value.type.kind !== "pointer" ? c : `(void *)${c}`;
    });
    const call = `${name}(${given.join(", ")})`;
    if (type.kind !== "none") return scalar(this.out.number(`(u64)${call}`));
    this.out.line(`${call};`);
    return scalar("0");
  }
}
