import type { Step, TypedAction, Value } from "../../program/tir.ts";
import type { Span } from "../../source/source-text.ts";
import type { Expression, Statement } from "./ast.ts";
import type { KeyedLocal } from "./check-base.ts";
import { CheckLoops } from "./check-loop.ts";
import { constantTruth } from "./constant-truth.ts";
import { isIdle } from "./idle-value.ts";
import { Scope } from "./scope.ts";
import { NONE, typeName } from "./type-names.ts";
import { isNumber, isTestable } from "./type-tests.ts";

/** True for a statement after which none is reached. */
function leaves(statement: Statement | undefined): boolean {
  if (statement?.kind === "expression") {
    return statement.expression.kind === "call" && statement.expression.name === "exit";
  }
  return statement?.kind === "return" || statement?.kind === "break" || statement?.kind === "continue";
}

/** Statements. */
export abstract class CheckStatements extends CheckLoops {
  override steps(body: readonly Statement[], scope = new Scope(this.scope)): Step[] {
    return this.inScope(scope, () =>
      body.flatMap((statement, i) => {
        if (i > 0 && leaves(body[i - 1])) this.state.warn("Unreachable statement", statement.span);
        return this.statement(statement);
      }),
    );
  }

  private statement(statement: Statement): Step[] {
    const { span } = statement;
    switch (statement.kind) {
      case "expression":
        return [{ kind: "evaluate", value: this.#alone(this.value(statement.expression)), span }];
      case "discard":
        return [{ kind: "evaluate", value: this.value(statement.value), span }];
      case "assign":
        return this.assign(statement);
      case "let":
        return this.letStatement(statement);
      case "block":
        return this.steps(statement.body);
      case "if": {
        const test = this.test(statement.test);
        const known = constantTruth(test);
        // What is never reached is not looked at: so scripts and macros ask for types, options and kernels.
        if (known !== undefined) return this.steps(known ? statement.body : (statement.otherwise ?? []));
        const body = this.steps(statement.body);
        return [{ kind: "if", test, body, otherwise: this.steps(statement.otherwise ?? []), span }];
      }
      case "while": {
        const test = this.test(statement.test);
        return [{ kind: "while", test, body: this.loop(statement.body), span }];
      }
      case "for-range":
        return this.forRange(statement);
      case "for-map":
        return this.forMap(statement);
      case "unroll":
        return this.unroll(statement);
      case "break":
      case "continue":
        if (this.loopDepth === 0) this.error(`${statement.kind} statement must be inside of a loop`, span);
        return [{ kind: statement.kind, span }];
      case "return": {
        const value = statement.value === undefined ? undefined : this.value(statement.value);
        if (this.inFunction !== undefined) return this.leave(value, span);
        if (this.context.provider === "test" && value !== undefined) this.#checkVerdict(value);
        return [{ kind: "return", value, span }];
      }
    }
  }

  /** A value that nobody takes: what a deletion fails at is told, and what does nothing is a mistake. */
  #alone(value: Value): Value {
    if (value.kind === "map-delete") return { ...value, discarded: true };
    if (value.type.kind !== "none" && isIdle(value))
      this.state.warn("Return value discarded.", value.span, "_ = VALUE; discards it without a warning.");
    return value;
  }

  #checkVerdict({ type, span }: Value): void {
    if (isNumber(type) || type.kind === "none") return;
    this.error(`A test returns a number, 0 where it passes (${typeName(type)} provided)`, span);
  }

  /** Where what a function of the script gives back is put, while its body is looked at. */
  protected inFunction: { readonly name: string; readonly result: KeyedLocal | undefined } | undefined;

  abstract leave(value: Value | undefined, span: Span): Step[];

  test(expression: Expression): Value {
    const value = this.value(expression);
    if (!isTestable(value.type)) {
      this.error(
        `Invalid condition: a value of type '${typeName(value.type)}' is neither true nor false`,
        value.span,
      );
    }
    return value;
  }

  /** True in an iterator that is left behind under a path. */
  protected get isPinned(): boolean {
    const { attach } = this.context;
    return attach.kind === "iterator" && attach.pin !== undefined;
  }

  /** A record to user space. */
  protected override emit(
    action: Omit<TypedAction, "arguments" | "span">,
    values: readonly Value[],
    span: Span,
  ): Value {
    if (this.isPinned) {
      const hint = "Nobody but who reads the file is there to be told: printf() prints into it.";
      const name = action.kind.replace(/-.*/, "");
      return this.refuse(`${name}() cannot be called by a pinned iterator`, span, hint);
    }
    const index = this.state.addAction({ ...action, arguments: values.map((value) => value.type), span });
    return this.does([{ kind: "emit", action: index, arguments: values, span }], span);
  }

  /** Steps as a value without one. */
  protected does(body: readonly Step[], span: Span): Value {
    return { kind: "block", body, value: undefined, type: NONE, span };
  }
}
