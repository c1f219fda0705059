import type { Value } from "../../program/tir.ts";
import { placeItems, sizeOfType } from "../../program/type-layout.ts";
import type { PointerType, StructMember, StructType, Type } from "../../program/types.ts";
import { similarNames } from "../../source/similar-names.ts";
import type { Span } from "../../source/source-text.ts";
import type { ExpressionOf } from "./ast.ts";
import { CheckOperators } from "./check-operators.ts";
import { isKnown } from "./constant-truth.ts";
import { findMember } from "./find-member.ts";
import { withSpace } from "./pointer-space.ts";
import { INT8, pointerTo, typeName } from "./type-names.ts";
import { isNumber } from "./type-tests.ts";

/** Members of structs, items of tuples, elements of arrays. */
export abstract class CheckFields extends CheckOperators {
  protected field({ of, name, span }: ExpressionOf<"field">): Value {
    return this.fieldOf(this.value(of), name, span);
  }

  protected fieldOf(value: Value, name: string, span: Span): Value {
    const { type } = value;
    if (type.kind === "none") return this.nothing(span);
    if (type.kind === "tuple" || type.kind === "record") return this.#tupleField(value, name, span);
    const struct = type.kind === "pointer" ? type.to : type;
    if (struct.kind !== "struct") {
      return this.refuse(`Can not access field '${name}' on expression of type '${typeName(type)}'`, span);
    }
    const member = findMember(struct, name);
    if (member === undefined) return this.#noField(struct, name, span);
    return this.memberOf(value, member, span);
  }

  protected memberOf(value: Value, member: StructMember, span: Span): Value {
    const { bitOffset, bitSize } = member;
    const offset = Math.floor(bitOffset / 8);
    const bits = bitSize === 0 ? {} : { bits: { shift: bitOffset % 8, width: bitSize } };
    if (value.type.kind === "pointer") {
      const type = withSpace(member.type, value.type);
      return { kind: "read", address: value, offset, space: value.type.space, type, span, ...bits };
    }
    if (value.kind === "read") {
      return {
        ...value,
        offset: value.offset + offset,
        type: withSpace(member.type, { space: value.space }),
        span,
        ...bits,
      };
    }
    return { kind: "part", of: value, offset, type: member.type, span, ...bits };
  }

  #noField(struct: StructType, name: string, span: Span): Value {
    const names = struct.members().map((member) => member.name);
    const similar = similarNames(name, names, 1)[0];
    const hint = similar === undefined ? undefined : `Did you mean ${similar}?`;
    if (struct.size === 0 && names.length === 0)
      return this.refuse(
        `Unknown type: ${struct.name}`,
        span,
        "It is declared only, and nothing is known of its fields.",
      );
    return this.refuse(
      `${struct.name.replace(/^/, "")} does not contain a field named '${name}'`.replace(
        /^struct /,
        "struct ",
      ),
      span,
      hint,
    );
  }

  #tupleField(of: Value, name: string, span: Span): Value {
    const { type } = of;
    const types =
      type.kind === "tuple"
        ? type.items
        : type.kind === "record"
          ? type.fields.map((field) => field.type)
          : [];
    const index =
      type.kind === "record"
        ? type.fields.findIndex((field) => field.name === name)
        : /^\d+$/.test(name)
          ? Number(name)
          : -1;
    const part = types[index];
    if (part === undefined) {
      if (type.kind === "record") return this.refuse(`Record does not contain a field named '${name}'`, span);
      return this.refuse(`Invalid tuple index: ${name}. Found ${types.length} elements in tuple.`, span);
    }
    // Of what is known when the script is compiled a part is known, too.
    const known = of.kind === "compose" && of.items.every(isKnown) ? of.items[index] : undefined;
    if (known !== undefined) return { ...known, span };
    const { offsets } = placeItems(types);
    return { kind: "part", of, offset: offsets[index] ?? 0, type: part, span };
  }

  protected index({ of: inner, index: at, span }: ExpressionOf<"index">): Value {
    const of = this.value(inner);
    const index = this.value(at);
    const { type } = of;
    if (type.kind === "none" || index.type.kind === "none") return this.nothing(span);
    if (type.kind === "tuple") {
      if (index.kind !== "constant")
        return this.refuse("A tuple can only be indexed by a constant", index.span);
      return this.#tupleField(of, String(index.value), span);
    }
    if (!isNumber(index.type))
      return this.refuse(
        `The array index operator [] only accepts integer indices, got ${typeName(index.type)}`,
        span,
      );
    if (type.kind === "pointer") return this.#pointerIndex(of, type, index, span);
    const element = type.kind === "array" ? type.of : type.kind === "string" ? INT8 : undefined;
    const count = type.kind === "array" ? type.count : type.kind === "string" ? type.size : 0;
    if (element === undefined) {
      return this.refuse(
        `The array index operator [] can only be used on arrays and pointers, found ${typeName(type)}.`,
        span,
      );
    }
    if (index.kind === "constant" && count > 0 && (index.value >= BigInt(count) || index.value < 0n)) {
      return this.refuse(`the index ${index.value} is out of bounds for array of size ${count}`, span);
    }
    return this.#elementOf(of, element, index, count, span);
  }

  #pointerIndex(of: Value, type: PointerType, index: Value, span: Span): Value {
    if (type.to.kind === "none")
      return this.refuse("a pointer to void has no elements", span, "Cast it to a pointer to a type first.");
    const address = this.pointers("+", of, index, span);
    return { kind: "read", address, offset: 0, space: type.space, type: withSpace(type.to, type), span };
  }

  #elementOf(of: Value, element: Type, index: Value, count: number, span: Span): Value {
    const size = sizeOfType(element);
    if (of.kind === "read") {
      const type = withSpace(element, { space: of.space });
      if (index.kind === "constant")
        return { ...of, offset: of.offset + Number(index.value) * size, type, span };
      const start = this.offsetAddress(of.address, of.offset, pointerTo(element, of.space), span);
      const address = this.pointers("+", start, index, span);
      return { kind: "read", address, offset: 0, space: of.space, type, span };
    }
    if (index.kind === "constant" && Number(index.value) < count) {
      return { kind: "part", of, offset: Number(index.value) * size, type: element, span };
    }
    return { kind: "element", of, index, size, count, type: element, span };
  }
}
