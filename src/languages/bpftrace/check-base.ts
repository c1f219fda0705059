import type { Local, Step, Value } from "../../program/tir.ts";
import type { Type } from "../../program/types.ts";
import { similarNames } from "../../source/similar-names.ts";
import type { Span } from "../../source/source-text.ts";
import type { CallExpression, Expression, Statement, TypeName } from "./ast.ts";
import type { CheckState } from "./check-state.ts";
import type { ProbeContext } from "./probe-context.ts";
import { Scope } from "./scope.ts";
import { NONE, namedType, pointerTo } from "./type-names.ts";

export type KeyedLocal = Local & { readonly key: string };

/** What the parts of the check share: where they are, and how they complain. */
export abstract class CheckBase {
  protected readonly state: CheckState;
  protected readonly context: ProbeContext;
  protected readonly probeIndex: number;
  protected scope = new Scope(undefined);
  protected loopDepth = 0;
  /** Variables that the probe begins with. */
  readonly hoistedLocals: KeyedLocal[] = [];

  constructor(state: CheckState, context: ProbeContext, probeIndex: number) {
    this.state = state;
    this.context = context;
    this.probeIndex = probeIndex;
  }

  abstract value(expression: Expression): Value;
  abstract steps(body: readonly Statement[], scope?: Scope): Step[];

  protected error(message: string, span: Span, hint?: string): void {
    this.state.report(message, span, hint);
  }

  /** What stands for a value after an error, which gives no error itself. */
  protected nothing(span: Span): Value {
    return { kind: "constant", value: 0n, type: NONE, span };
  }

  protected refuse(message: string, span: Span, hint?: string): Value {
    this.error(message, span, hint);
    return this.nothing(span);
  }

  /** Complains of a wrong number of arguments. */
  arity(call: CallExpression, least: number, most = least): boolean {
    const { length } = call.arguments;
    if (length >= least && length <= most) return true;
    const wanted = least === most ? `${least}` : length < least ? `at least ${least}` : `at most ${most}`;
    this.error(
      `${call.name}() requires ${wanted} argument${/\b1$/.test(wanted) ? "" : "s"} (${length} provided)`,
      call.span,
    );
    return false;
  }

  protected constant(value: bigint, type: Type, span: Span): Value {
    return { kind: "constant", value, type, span };
  }

  protected text(bytes: string, span: Span): Value {
    return { kind: "text", bytes, type: { kind: "string", size: bytes.length + 1 }, span };
  }

  /** A variable that is used after the block in which it was assigned belongs to the probe, as it used to. */
  protected hoistKey(name: string): string {
    return `${this.probeIndex}:${this.scope.path}:${name}`;
  }

  /** Declares by an assignment. */
  protected assigned(name: string, span: Span): KeyedLocal {
    const key = this.hoistKey(name);
    this.state.assignedNames.add(key);
    if (!this.state.hoisted.has(key)) return this.declare(name, span);
    const local = this.state.local(name, key);
    this.scope.root.variables.set(name, local);
    this.hoistedLocals.push(local);
    return local;
  }

  protected declare(name: string, span: Span, scope = this.scope): KeyedLocal {
    const key = `${this.probeIndex}:${scope.path}:${span.start}:${name}`;
    const local = this.state.local(name, key);
    scope.variables.set(name, local);
    return local;
  }

  protected inScope<T>(scope: Scope, body: () => T): T {
    const before = this.scope;
    this.scope = scope;
    try {
      return body();
    } finally {
      this.scope = before;
    }
  }

  /** A type as it was written; says what is wrong with it. */
  protected typeNamed(name: TypeName): Type {
    let found: Type | undefined;
    if (name.of !== undefined) {
      found = name.of.kind === "type" ? this.typeNamed(name.of.type) : this.typeOf(name.of);
    } else {
      const bound = this.scope.expression(name.name);
      if (bound?.expression.kind === "type") {
        const { type: inner } = bound.expression;
        found = this.inScope(bound.scope, () => this.typeNamed(inner));
      } else found = namedType(name.name, this.state.types, this.state.settings.maxStrlen);
    }
    if (found === undefined) {
      const wanted = name.name.replace(/^(?:struct|union|enum) /, "");
      const similar = similarNames(wanted, this.state.types.names(), 1)[0];
      this.error(
        `Unknown type: ${name.name}`,
        name.span,
        similar === undefined ? undefined : `Did you mean struct ${similar}?`,
      );
      return NONE;
    }
    let type: Type = found;
    for (const [i, suffix] of name.suffixes.entries()) {
      if (suffix === "*") type = pointerTo(type, this.pointerSpace());
      else if ((type.kind === "string" || type.kind === "buffer") && i === 0)
        type = { kind: type.kind, size: suffix ?? 0 };
      else type = { kind: "array", of: type, count: suffix ?? 0 };
    }
    return type;
  }

  /** The type of an expression; of a map with keys, which has no value by itself, that of its keys. */
  protected typeOf(expression: Expression): Type {
    if (expression.kind === "map" && expression.key === undefined) {
      const map = this.state.maps.get(this.scope.map(expression.name));
      if (map?.keyed) return map.key ?? NONE;
    }
    return this.value(expression).type;
  }

  /** Whose memory a number that is made a pointer leads to. */
  protected pointerSpace(): "kernel" | "user" | "any" {
    return this.context.space;
  }
}
