import type { Value } from "../../program/tir.ts";
import { placeItems, sizeOfType } from "../../program/type-layout.ts";
import type { PointerType, StructMember, StructType, Type } from "../../program/types.ts";
import { similarNames } from "../../source/similar-names.ts";
import type { Span } from "../../source/source-text.ts";
import type { BlockExpression, CallExpression, Expression, Macro } from "./ast.ts";
import { isBuiltin } from "./builtin-names.ts";
import { CheckBase, type KeyedLocal } from "./check-base.ts";
import { convert } from "./convert.ts";
import { joinIntegers, joinTypes, sameType, widenForMap } from "./join-types.ts";
import { kernelConstant } from "./kernel-constants.ts";
import { placedAt } from "./placed-at.ts";
import { Scope } from "./scope.ts";
import {
  aggregateNumber,
  BOOLEAN,
  INT8,
  INT64,
  literalType,
  NONE,
  pointerTo,
  typeName,
  UINT64,
} from "./type-names.ts";

type Of<Kind extends Expression["kind"]> = Extract<Expression, { kind: Kind }>;

const COMPARISONS: ReadonlySet<string> = new Set(["==", "!=", "<", ">", "<=", ">="]);
const DEEPEST_EXPANSION = 50;

/** Expressions: their types, and what they do. */
export abstract class CheckExpressions extends CheckBase {
  abstract builtin(name: string, span: Span): Value;
  abstract call(call: CallExpression): Value;
  /** `args.name`, `config().name`. */
  abstract specialField(field: Of<"field">): Value | undefined;
  /** An expression out of a text that is not the user's. */
  abstract parsed(name: string, text: string): Expression | undefined;
  /** True for the names of functions and builtins. */
  abstract isFunction(name: string): boolean;
  #expansions = 0;

  override value(expression: Expression): Value {
    switch (expression.kind) {
      case "integer": {
        const { value, unsigned, span } = expression;
        return this.constant(value, unsigned ? UINT64 : literalType(value), span);
      }
      case "string":
        return this.text(expression.value, expression.span);
      case "boolean":
        return this.constant(expression.value ? 1n : 0n, BOOLEAN, expression.span);
      case "name":
        return this.name(expression);
      case "variable":
        return this.variable(expression);
      case "map":
        return this.mapValue(expression);
      case "parameter":
        return this.parameter(expression);
      case "call": {
        const macro = this.state.macros.get(expression.name);
        const replaces =
          macro?.parameters.length === expression.arguments.length || !this.isFunction(expression.name);
        return macro === undefined || !replaces ? this.call(expression) : this.expand(macro, expression);
      }
      case "unary":
        return this.unary(expression);
      case "step":
        return this.step(expression);
      case "binary":
        return this.binary(expression);
      case "conditional":
        return this.conditional(expression);
      case "cast":
        return this.cast(expression);
      case "field":
        return this.specialField(expression) ?? this.field(expression);
      case "index":
        return this.index(expression);
      case "tuple": {
        const items = expression.items.map((item) => this.value(item));
        return {
          kind: "compose",
          items,
          type: { kind: "tuple", items: items.map((i) => i.type) },
          span: expression.span,
        };
      }
      case "record": {
        const items = expression.fields.map((field) => this.value(field.value));
        const fields = expression.fields.map(({ name }, i) => ({ name, type: (items[i] as Value).type }));
        return { kind: "compose", items, type: { kind: "record", fields }, span: expression.span };
      }
      case "block-value":
        return this.block(expression);
      case "type":
        return this.refuse("a type is no value", expression.span);
    }
  }

  private name({ name, span }: Of<"name">): Value {
    const bound = this.scope.expression(name);
    if (bound !== undefined) return this.inScope(bound.scope, () => this.value(bound.expression));
    if (isBuiltin(name)) return this.builtin(name.replace(/^__builtin_/, ""), span);
    const define = this.state.defines.get(name);
    if (define !== undefined) return this.#guarded(span, () => this.value(define));
    const enumerator = this.state.types.enumerator(name);
    if (enumerator !== undefined) return this.constant(enumerator.value, enumerator.type, span);
    const constant = kernelConstant(name);
    const known = constant === undefined ? undefined : this.parsed(name, constant);
    if (known !== undefined) return this.#guarded(span, () => this.value(placedAt(known, span)));
    const macro = this.state.macros.get(name);
    if (macro !== undefined) {
      return this.expand(macro, { kind: "call", name, nameSpan: span, arguments: [], span });
    }
    const similar = similarNames(
      name,
      [
        "pid",
        "tid",
        "comm",
        "nsecs",
        "retval",
        "arg0",
        "args",
        "probe",
        "func",
        "kstack",
        "ustack",
        "curtask",
        "elapsed",
        "cgroup",
        "username",
      ],
      1,
    )[0];
    return this.refuse(
      `Unknown identifier: '${name}'`,
      span,
      similar === undefined ? undefined : `Did you mean ${similar}?`,
    );
  }

  #guarded(span: Span, body: () => Value): Value {
    if (this.#expansions > DEEPEST_EXPANSION)
      return this.refuse("macros expand into each other without end", span);
    this.#expansions++;
    try {
      return body();
    } finally {
      this.#expansions--;
    }
  }

  /** A macro's body in the place of its call, with names of its own. */
  protected expand(macro: Macro, call: CallExpression): Value {
    if (macro.parameters.length !== call.arguments.length) {
      const counts = `${macro.parameters.length} arguments but ${call.arguments.length} were given`;
      return this.refuse(
        `Call to macro has wrong number arguments. ${macro.name}() needs ${counts}`,
        call.span,
      );
    }
    const scope = new Scope(undefined, `${this.scope.path}/${call.span.start}`);
    const outer = this.scope;
    const body: Value[] = [];
    for (const [i, { name, span }] of macro.parameters.entries()) {
      const argument = call.arguments[i] as Expression;
      if (name.startsWith("@")) {
        if (argument.kind !== "map" || argument.key !== undefined)
          return this.refuse(`${macro.name}() needs a map for ${name}`, argument.span);
        scope.maps.set(name, outer.map(argument.name));
      } else if (name.startsWith("$")) {
        const variable = argument.kind === "variable" ? outer.variable(argument.name) : undefined;
        if (variable !== undefined) scope.variables.set(name, variable);
        else body.push(this.#copy(name, span, scope, this.value(argument)));
      } else scope.expressions.set(name, { expression: argument, scope: outer });
    }
    return this.#guarded(call.span, () => {
      const inner = this.inScope(scope, () => this.block(macro.body));
      if (body.length === 0) return inner;
      const before = body.flatMap((value) => (value.kind === "block" ? value.body : []));
      return { kind: "block", body: before, value: inner, type: inner.type, span: call.span };
    });
  }

  #copy(name: string, span: Span, scope: Scope, value: Value): Value {
    const local = this.declare(name, span, scope);
    this.state.widenLocal(name, local.key, value.type, value.span);
    const set = { kind: "set-local", local, value: convert(value, local.type), span: value.span } as const;
    return { kind: "block", body: [set], value: undefined, type: NONE, span: value.span };
  }

  protected variable({ name, span }: Of<"variable">): Value {
    const local = this.scope.variable(name);
    if (local !== undefined) return { kind: "local", local, type: local.type, span };
    if (this.state.hoist(this.hoistKey(name))) return this.nothing(span);
    const similar = similarNames(name, this.scope.variableNames(), 1)[0];
    const hint = similar === undefined ? undefined : `Did you mean ${similar}?`;
    return this.refuse(`Undefined or undeclared variable: ${name}`, span, hint);
  }

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

  #typedKey(map: ReturnType<CheckExpressions["state"]["map"]>, value: Value): Value {
    const wanted = widenForMap(value.type);
    if (wanted.kind === "none") return value;
    const joined = joinTypes(map.key ?? NONE, wanted);
    if (joined === undefined) {
      const types = `trying to access with arguments: '${typeName(value.type)}' when map expects arguments: '${typeName(map.writtenKey)}'`;
      this.error(`Argument mismatch for ${map.name}: ${types}`, value.span);
      return value;
    }
    map.writtenKey = joinTypes(map.writtenKey, value.type) ?? map.writtenKey;
    if (map.key === undefined || !sameType(joined, map.key)) {
      map.key = joined;
      this.state.changed = true;
    }
    return convert(value, map.key);
  }

  protected mapValue({ name: written, key: keyExpression, span }: Of<"map">): Value {
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

  private parameter({ index, span }: Of<"parameter">): Value {
    const { parameters } = this.state.world;
    if (index === 0) return this.constant(BigInt(parameters.length), INT64, span);
    const text = parameters[index - 1];
    if (text === undefined || text === "") return this.constant(0n, INT64, span);
    const number = numberOf(text);
    if (number === undefined) return this.text(Buffer.from(text, "utf8").toString("latin1"), span);
    const value = BigInt.asUintN(64, number);
    return this.constant(number < 0n ? number : value, literalType(number), span);
  }

  protected block({ body, value, span }: BlockExpression): Value {
    const scope = new Scope(this.scope);
    return this.inScope(scope, () => {
      const steps = this.steps(body, scope);
      if (value === undefined) return { kind: "block", body: steps, value: undefined, type: NONE, span };
      const result = this.value(value);
      return { kind: "block", body: steps, value: result, type: result.type, span };
    });
  }

  private unary({ operator, operand: inner, span }: Of<"unary">): Value {
    if (operator === "&") return this.addressOf(inner, span);
    const operand = this.value(inner);
    const { type } = operand;
    if (type.kind === "none") return operand;
    if (operator === "!") {
      if (!isTestable(type))
        return this.refuse(`The ! operator can not be used on expressions of type '${typeName(type)}'`, span);
      return { kind: "not", operand, type: BOOLEAN, span };
    }
    if (operator === "*") return this.dereference(operand, span);
    if (type.kind !== "integer" && type.kind !== "boolean") {
      return this.refuse(
        `The ${operator} operator can not be used on expressions of type '${typeName(type)}'`,
        span,
      );
    }
    if (operand.kind === "constant") {
      const value = operator === "-" ? -operand.value : ~operand.value;
      return this.constant(value, literalType(BigInt.asIntN(64, value)), span);
    }
    if (operator === "-") return { kind: "negate", operand, type: INT64, span };
    const bits = type.kind === "integer" && !type.literal ? { ...type, enumeration: undefined } : INT64;
    return { kind: "complement", operand, type: bits, span };
  }

  private addressOf(inner: Expression, span: Span): Value {
    if (inner.kind === "variable") {
      const local = this.scope.variable(inner.name);
      if (local !== undefined) return { kind: "address", local, type: pointerTo(local.type, "frame"), span };
      return this.value(inner);
    }
    const value = this.value(inner);
    if (value.kind === "read" && value.bits === undefined) {
      return this.offsetAddress(value.address, value.offset, pointerTo(value.type, value.space), span);
    }
    return this.refuse(
      "the address of this cannot be taken",
      span,
      "It can of variables and of members that a pointer leads to.",
    );
  }

  protected offsetAddress(address: Value, offset: number, type: Type, span: Span): Value {
    const cast: Value = { kind: "convert", operand: address, type: UINT64, span };
    const right = this.constant(BigInt(offset), UINT64, span);
    const sum: Value =
      offset === 0
        ? cast
        : { kind: "binary", operator: "+", left: cast, right, signed: false, type: UINT64, span };
    return { kind: "convert", operand: sum, type, span };
  }

  protected dereference(operand: Value, span: Span): Value {
    const { type } = operand;
    // An address from kaddr(), say: what lies there is a word.
    if (type.kind === "integer" && type.bytes === 8) {
      const address: Value = { kind: "convert", operand, type: pointerTo(UINT64, this.pointerSpace()), span };
      return { kind: "read", address, offset: 0, space: this.pointerSpace(), type: UINT64, span };
    }
    if (type.kind !== "pointer") {
      return this.refuse(`Can not dereference a value of type '${typeName(type)}'`, span);
    }
    if (type.to.kind === "none")
      return this.refuse(
        "Can not dereference a pointer to void",
        span,
        "Cast it to a pointer to a type first.",
      );
    return {
      kind: "read",
      address: operand,
      offset: 0,
      space: type.space,
      type: withSpace(type.to, type),
      span,
    };
  }

  private step({ operator, prefix, target, span }: Of<"step">): Value {
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
      const by = this.stepSize(local.type, span) * sign;
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
    const by = this.stepSize(map.value, span) * sign;
    return { kind: "step", place: { kind: "map", map: index, key }, by, gives, type: map.value, span };
  }

  private stepSize(type: Type, span: Span): bigint {
    if (type.kind === "pointer") return BigInt(Math.max(1, sizeOfType(type.to)));
    if (type.kind !== "integer" && type.kind !== "none") {
      this.error(`The ++ and -- operators can not be used on expressions of type '${typeName(type)}'`, span);
    }
    return 1n;
  }

  private binary({ operator, left: l, right: r, span }: Of<"binary">): Value {
    const left = this.value(l);
    const right = this.value(r);
    return this.operate(operator, left, right, span);
  }

  /** An operator between two values; assignments with an operator come here too. */
  protected operate(operator: string, left: Value, right: Value, span: Span): Value {
    const [a, b] = [left.type, right.type];
    if (operator === "&&" || operator === "||") return this.#logical(operator, left, right, span);
    if (a.kind === "none" || b.kind === "none") {
      const type = COMPARISONS.has(operator) ? BOOLEAN : NONE;
      return { kind: "constant", value: 0n, type, span };
    }
    if (isBytes(a) || isBytes(b)) return this.#compareBytes(operator, left, right, span);
    if (a.kind === "pointer" || b.kind === "pointer") return this.#pointers(operator, left, right, span);
    if (!isNumber(a) || !isNumber(b)) return this.#mismatch(operator, left, right, span);
    const signed = arithmeticSign(a, b);
    if (COMPARISONS.has(operator)) {
      return { kind: "binary", operator, left, right, signed, type: BOOLEAN, span };
    }
    if (left.kind === "constant" && right.kind === "constant") {
      const folded = fold(operator, left.value, right.value, signed);
      if (folded !== undefined)
        return this.constant(
          folded,
          a.kind === "integer" && b.kind === "integer" && a.literal && b.literal
            ? literalType(folded)
            : signed || operator === "-"
              ? INT64
              : UINT64,
          span,
        );
    }
    const type = operator === "-" || signed ? INT64 : UINT64;
    return { kind: "binary", operator, left, right, signed, type, span };
  }

  #logical(operator: string, left: Value, right: Value, span: Span): Value {
    for (const { type, span: place } of [left, right]) {
      if (!isTestable(type))
        this.error(
          `The ${operator} operator can not be used on expressions of type '${typeName(type)}'`,
          place,
        );
    }
    return { kind: operator === "&&" ? "and" : "or", left, right, type: BOOLEAN, span };
  }

  #compareBytes(operator: string, left: Value, right: Value, span: Span): Value {
    const joined = joinTypes(left.type, right.type);
    if (operator !== "==" && operator !== "!=") return this.#mismatch(operator, left, right, span);
    if (joined === undefined) return this.#mismatch(operator, left, right, span);
    const strings = left.type.kind === "string";
    const l = strings ? left : convert(left, joined);
    const r = strings ? right : convert(right, joined);
    return { kind: "equal-bytes", left: l, right: r, negated: operator === "!=", type: BOOLEAN, span };
  }

  #pointers(operator: string, left: Value, right: Value, span: Span): Value {
    const [a, b] = [left.type, right.type];
    if (COMPARISONS.has(operator)) {
      return { kind: "binary", operator, left, right, signed: false, type: BOOLEAN, span };
    }
    if (a.kind === "pointer" && b.kind === "pointer" && operator === "-") {
      return { kind: "binary", operator, left, right, signed: true, type: INT64, span };
    }
    if (operator === "&" && (isNumber(a) || isNumber(b)))
      return { kind: "binary", operator, left, right, signed: false, type: UINT64, span };
    const [pointer, offset] = a.kind === "pointer" ? [left, right] : [right, left];
    if (!["+", "-"].includes(operator) || !isNumber(offset.type) || (operator === "-" && pointer !== left)) {
      return this.#mismatch(operator, left, right, span);
    }
    const size = BigInt(Math.max(1, sizeOfType((pointer.type as PointerType).to)));
    const scaled: Value =
      size === 1n
        ? offset
        : offset.kind === "constant"
          ? this.constant(offset.value * size, INT64, offset.span)
          : {
              kind: "binary",
              operator: "*",
              left: offset,
              right: this.constant(size, INT64, span),
              signed: true,
              type: INT64,
              span,
            };
    return {
      kind: "binary",
      operator,
      left: pointer,
      right: scaled,
      signed: false,
      type: pointer.type,
      span,
    };
  }

  #mismatch(operator: string, left: Value, right: Value, span: Span): Value {
    const [a, b] = [typeName(left.type), typeName(right.type)];
    if (left.type.kind === right.type.kind) {
      return this.refuse(
        `The ${operator} operator can not be used on expressions of types '${a}', '${b}'`,
        span,
      );
    }
    return this.refuse(`Type mismatch for '${operator}': comparing '${a}' with '${b}'`, span);
  }

  private conditional({ test: t, value: v, otherwise: o, span }: Of<"conditional">): Value {
    const test = this.value(t);
    if (!isTestable(test.type)) this.error(`Invalid condition in ternary: ${typeName(test.type)}`, test.span);
    const value = v === undefined ? undefined : this.value(v);
    const otherwise = this.value(o);
    const type = joinTypes((value ?? test).type, otherwise.type);
    if (type === undefined) {
      const types = `'${typeName((value ?? test).type)}' and '${typeName(otherwise.type)}'`;
      return this.refuse(`Ternary operator must return the same type: have ${types}`, span);
    }
    if (value === undefined)
      return {
        kind: "choice",
        test: convert(test, type),
        value: undefined,
        otherwise: convert(otherwise, type),
        type,
        span,
      };
    return {
      kind: "choice",
      test,
      value: convert(value, type),
      otherwise: convert(otherwise, type),
      type,
      span,
    };
  }

  private cast({ type: name, operand: inner, span }: Of<"cast">): Value {
    const operand = this.value(inner);
    const type = this.typeNamed(name);
    if (type.kind === "none" || operand.type.kind === "none") return this.nothing(span);
    return this.castTo(operand, type, span);
  }

  protected castTo(operand: Value, wanted: Type, span: Span): Value {
    const from = operand.type;
    if (wanted.kind === "array" || from.kind === "array") return this.#castBytes(operand, wanted, span);
    if (wanted.kind === "pointer") {
      if (from.kind === "pointer")
        return { kind: "convert", operand, type: { ...wanted, space: from.space, to: wanted.to }, span };
      if (isNumber(from))
        return { kind: "convert", operand, type: pointerTo(wanted.to, this.pointerSpace()), span };
    }
    if (wanted.kind === "integer" && (isNumber(from) || from.kind === "pointer")) {
      if (operand.kind === "constant")
        return this.constant(wrap(operand.value, wanted.bytes, wanted.signed), wanted, span);
      return { kind: "convert", operand, type: wanted, span };
    }
    if (wanted.kind === "boolean" && isTestable(from)) {
      const twice: Value = { kind: "not", operand, type: BOOLEAN, span };
      return { kind: "not", operand: twice, type: BOOLEAN, span };
    }
    if (wanted.kind === "string" && from.kind === "string")
      return { kind: "convert", operand, type: wanted, span };
    if (wanted.kind === "struct" && from.kind === "struct" && wanted.name === from.name) return operand;
    return this.refuse(`Cannot cast from "${typeName(from)}" to "${typeName(wanted)}"`, span);
  }

  #castBytes(operand: Value, wanted: Type, span: Span): Value {
    const from = operand.type;
    const fromSize = from.kind === "integer" && from.literal ? 8 : sizeOfType(from);
    let type = wanted;
    if (wanted.kind === "array" && wanted.count === 0) {
      const size = sizeOfType(wanted.of);
      if (size === 0 || fromSize % size !== 0)
        return this.refuse(
          `Cannot cast from "${typeName(from)}" to an array of ${typeName(wanted.of)}`,
          span,
        );
      type = { kind: "array", of: wanted.of, count: fromSize / size };
    }
    const simple =
      from.kind === "integer" || from.kind === "boolean" || from.kind === "string" || from.kind === "array";
    if (
      !simple ||
      (from.kind !== "integer" && sizeOfType(type) !== fromSize) ||
      sizeOfType(type) > Math.max(8, fromSize)
    ) {
      return this.refuse(`Cannot cast from "${typeName(from)}" to "${typeName(type)}"`, span);
    }
    const wide =
      from.kind === "integer" && from.bytes * 1 !== sizeOfType(type)
        ? convert(operand, widthOf(sizeOfType(type)))
        : operand;
    return { kind: "reinterpret", operand: wide, type, span };
  }

  private field({ of, name, span }: Of<"field">): Value {
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
    const { offsets } = placeItems(types);
    return { kind: "part", of, offset: offsets[index] ?? 0, type: part, span };
  }

  private index({ of: inner, index: at, span }: Of<"index">): Value {
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
    const address = this.#pointers("+", of, index, span);
    return { kind: "read", address, offset: 0, space: type.space, type: withSpace(type.to, type), span };
  }

  #elementOf(of: Value, element: Type, index: Value, count: number, span: Span): Value {
    const size = sizeOfType(element);
    if (of.kind === "read") {
      const type = withSpace(element, { space: of.space });
      if (index.kind === "constant")
        return { ...of, offset: of.offset + Number(index.value) * size, type, span };
      const start = this.offsetAddress(of.address, of.offset, pointerTo(element, of.space), span);
      const address = this.#pointers("+", start, index, span);
      return { kind: "read", address, offset: 0, space: of.space, type, span };
    }
    if (index.kind === "constant" && Number(index.value) < count) {
      return { kind: "part", of, offset: Number(index.value) * size, type: element, span };
    }
    return { kind: "element", of, index, size, count, type: element, span };
  }
}

/** Members of nameless structs belong to the one around them. */
export function findMember(struct: StructType, name: string): StructMember | undefined {
  for (const member of struct.members()) {
    if (member.name === name) return member;
    if (member.name !== "" || member.type.kind !== "struct") continue;
    const inner = findMember(member.type, name);
    if (inner !== undefined) return { ...inner, bitOffset: inner.bitOffset + member.bitOffset };
  }
  return undefined;
}

/** Pointers out of user memory lead there, too; those in the kernel know by themselves. */
function withSpace(type: Type, { space }: Pick<PointerType, "space">): Type {
  if (type.kind !== "pointer" || space === "kernel" || space === "frame" || type.space === space) return type;
  return {
    kind: "pointer",
    space,
    get to() {
      return type.to;
    },
  };
}

export function isNumber(type: Type): boolean {
  return type.kind === "integer" || type.kind === "boolean";
}

export function isTestable(type: Type): boolean {
  return (
    isNumber(type) ||
    type.kind === "pointer" ||
    type.kind === "none" ||
    (type.kind === "deferred" && type.what === "username")
  );
}

function isBytes(type: Type): boolean {
  return ["string", "buffer", "array", "tuple", "record", "struct", "deferred"].includes(type.kind);
}

function arithmeticSign(a: Type, b: Type): boolean {
  if (a.kind !== "integer" || b.kind !== "integer")
    return a.kind === "integer" ? a.signed : b.kind === "integer" && b.signed;
  return joinIntegers(a, b).signed;
}

function widthOf(bytes: number): Type {
  const width = bytes > 4 ? 8 : bytes > 2 ? 4 : bytes;
  return { kind: "integer", bytes: width as 1 | 2 | 4 | 8, signed: false };
}

function wrap(value: bigint, bytes: number, signed: boolean): bigint {
  return signed ? BigInt.asIntN(bytes * 8, value) : BigInt.asUintN(bytes * 8, value);
}

/** What an operator gives for two constants; undefined where it is left to run time. */
function fold(operator: string, a: bigint, b: bigint, signed: boolean): bigint | undefined {
  const wrapped = (value: bigint) => wrap(value, 8, signed && value < 1n << 63n);
  switch (operator) {
    case "+":
      return wrapped(a + b);
    case "-":
      return BigInt.asIntN(64, a - b);
    case "*":
      return wrapped(a * b);
    case "/":
      return b === 0n ? undefined : wrapped(a / b);
    case "%":
      return b === 0n ? undefined : wrapped(a % b);
    case "&":
      return wrapped(a & b);
    case "|":
      return wrapped(a | b);
    case "^":
      return wrapped(a ^ b);
    case "<<":
      return b >= 0n && b < 64n ? wrapped(a << b) : undefined;
    case ">>":
      return b >= 0n && b < 64n ? wrapped(a >> b) : undefined;
    default:
      return undefined;
  }
}

/** Numbers of the command line: with signs and bases as in C. */
function numberOf(text: string): bigint | undefined {
  if (/^-?(?:0[xX][\da-fA-F]+|0[0-7]*|[1-9]\d*)[uUlL]*$/.test(text)) {
    const digits = text.replace(/^-|[uUlL]+$/g, "");
    const value = /^0\d/.test(digits) ? BigInt(`0o${digits}`) : BigInt(digits);
    return text.startsWith("-") ? -value : value;
  }
  return undefined;
}
