import type { Value } from "../../program/tir.ts";
import { sizeOfType } from "../../program/type-layout.ts";
import type { Type } from "../../program/types.ts";
import type { Span } from "../../source/source-text.ts";
import type { Expression, ExpressionOf } from "./ast.ts";
import type { KeyedLocal } from "./check-base.ts";
import { CheckExpansions } from "./check-expansion.ts";
import type { MapState } from "./check-state.ts";
import { convert } from "./convert.ts";
import { joinTypes, sameType, widenForMap } from "./join-types.ts";
import { aggregateNumber, INT64, NONE, typeName, UINT64 } from "./type-names.ts";

/** Values of maps by their keys, and what is counted up or down. */
export abstract class CheckMapValues extends CheckExpansions {
  /** The key of a map as its type has it; an error where the map is used with and without one. */
  protected mapKey(
    name: string,
    key: Expression | undefined,
    span: Span,
  ): { index: number; key: Value | undefined } {
    const map = this.state.map(name, span);
    const index = this.state.mapIndex(name);
    if (map.keyed === undefined) {
      map.keyed = key !== undefined;
      this.state.changed = true;
    }
    if (key === undefined) {
      if (map.keyed)
        this.error(
          `${name} used as a map without an explicit key (scalar map), previously used with an explicit key (non-scalar map)`,
          span,
        );
      return { index, key: undefined };
    }
    const value = this.value(key);
    if (!map.keyed) {
      this.error(
        `${name} used as a map with an explicit key (non-scalar map), previously used without an explicit key (scalar map)`,
        span,
      );
      return { index, key: undefined };
    }
    return { index, key: this.#typedKey(map, value) };
  }

  #typedKey(map: MapState, value: Value): Value {
    const wanted = widenForMap(value.type);
    if (wanted.kind === "none") return value;
    const joined = joinTypes(map.key ?? NONE, wanted);
    if (joined === undefined) {
      const types = `trying to access with arguments: '${typeName(value.type)}' when map expects arguments: '${typeName(map.writtenKey)}'`;
      this.error(`Argument mismatch for ${map.name}: ${types}`, value.span);
      return value;
    }
    if (sizeOfType(joined) === 0) {
      this.error(`'${typeName(value.type)}' holds nothing that ${map.name} could have as a key`, value.span);
      return value;
    }
    map.writtenKey = joinTypes(map.writtenKey, value.type) ?? map.writtenKey;
    if (map.key === undefined || !sameType(joined, map.key)) {
      map.key = joined;
      this.state.changed = true;
    }
    return convert(value, map.key);
  }

  protected mapValue({ name: written, key: keyExpression, span }: ExpressionOf<"map">): Value {
    const name = this.scope.map(written);
    const { index, key } = this.mapKey(name, keyExpression, span);
    const map = this.state.map(name, span);
    let { value: type } = map;
    if (type.kind === "none") return this.refuse(`Undefined map: ${name}`, span);
    if (type.kind === "aggregate") {
      // What is no number can be printed, and is refused elsewhere by its type.
      type = aggregateNumber(type.aggregate) ?? type;
    }
    return { kind: "map-value", map: index, key, type, span };
  }

  protected step({ operator, prefix, target, span }: ExpressionOf<"step">): Value {
    const sign = operator === "++" ? 1n : -1n;
    const gives = prefix ? "new" : "old";
    if (target.kind === "variable") {
      const local = this.scope.variable(target.name) as KeyedLocal | undefined;
      if (local === undefined) return this.value(target);
      if (local.type.kind === "integer")
        this.state.widenLocal(
          local.name,
          local.key,
          INT64.signed === local.type.signed ? INT64 : UINT64,
          span,
        );
      const by = this.#stepSize(local.type, span) * sign;
      return { kind: "step", place: { kind: "local", local }, by, gives, type: local.type, span };
    }
    if (target.kind !== "map") return this.refuse(`${operator} can be used on variables and maps only`, span);
    const name = this.scope.map(target.name);
    const { index, key } = this.mapKey(name, target.key, span);
    const map = this.state.map(name, span);
    if (map.value.kind === "none") {
      map.value = INT64;
      this.state.changed = true;
    }
    const by = this.#stepSize(map.value, span) * sign;
    return { kind: "step", place: { kind: "map", map: index, key }, by, gives, type: map.value, span };
  }

  #stepSize(type: Type, span: Span): bigint {
    if (type.kind === "pointer") return BigInt(Math.max(1, sizeOfType(type.to)));
    if (type.kind !== "integer" && type.kind !== "none") {
      this.error(`The ++ and -- operators can not be used on expressions of type '${typeName(type)}'`, span);
    }
    return 1n;
  }
}
