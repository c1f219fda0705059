import type { Span } from "../../source/source-text.ts";
import type { BlockExpression, Expression, IfStatement, Statement } from "./ast.ts";
import { ParseFailure } from "./cursor.ts";
import { ExpressionParser, isPlace } from "./parse-expression.ts";

const ASSIGNMENT = /(?:<<|>>|[+\-*/%&|^])?=(?!=)/y;

/** Statements and blocks. An error in a statement is kept, and parsing goes on after it. */
export abstract class StatementParser extends ExpressionParser {
  protected override blockValue(): BlockExpression {
    this.skipLayout();
    const start = this.at;
    const before = this.inPredicate;
    const outer = this.#inValue;
    this.inPredicate = false;
    this.#inValue = true;
    this.expect("{", "at the beginning of a block");
    const body = this.nested(() => this.statements());
    this.inPredicate = before;
    this.#inValue = outer;
    const last = body.at(-1);
    // The last expression is the value when no semicolon follows it.
    const isValue = last?.kind === "expression" && this.#endsWithoutSemicolon;
    this.expect("}", "at the end of a block");
    const span = this.spanFrom(start);
    if (!isValue) return { kind: "block-value", body, value: undefined, span };
    return { kind: "block-value", body: body.slice(0, -1), value: last.expression, span };
  }

  readonly imports: { path: string; span: Span }[] = [];

  /** The path of an import, whose word was read. */
  protected importItem(start: number): void {
    const path = this.take(/"([^"\n]*)"/y)?.[1];
    if (path === undefined) this.fail("syntax error, expected a path after import");
    this.imports.push({ path, span: this.spanFrom(start) });
  }

  #endsWithoutSemicolon = false;
  /** In a block that is a value its last `if` may be the value. */
  #inValue = false;

  protected block(): Statement[] {
    const before = this.inPredicate;
    const outer = this.#inValue;
    this.inPredicate = false;
    this.#inValue = false;
    this.expect("{", "at the beginning of a block");
    const body = this.nested(() => this.statements());
    this.inPredicate = before;
    this.#inValue = outer;
    this.expect("}", "at the end of a block");
    return body;
  }

  /** Up to a closing brace, which is left. */
  protected statements(): Statement[] {
    const body: Statement[] = [];
    let open = false;
    while (!this.atEnd && !this.sees("}")) {
      if (this.accept(";")) {
        open = false;
        continue;
      }
      const start = this.at;
      try {
        const statement = this.statement();
        body.push(statement);
        open = needsSemicolon(statement);
        if (open && !this.sees(";") && !this.sees("}")) {
          this.fail(`syntax error, unexpected ${this.here()}, expected ; or }`);
        }
      } catch (error) {
        if (!(error instanceof ParseFailure)) throw error;
        this.diagnostics.push(error.diagnostic);
        this.#skipStatement(start);
        open = false;
      }
    }
    this.#endsWithoutSemicolon = open;
    return body;
  }

  /** To the semicolon or the closing brace of the block in which the statement stands. */
  #skipStatement(start: number): void {
    this.at = start;
    let depth = 0;
    while (!this.atEnd) {
      const next = this.text[this.at] ?? "";
      if (next === '"' && this.take(/"(?:\\[\s\S]|[^"\\])*"/y) !== undefined) continue;
      if (next === "}" && depth === 0) return;
      if (next === "{") depth++;
      if (next === "}") depth--;
      this.at++;
      if (depth === 0 && (next === ";" || next === "}")) return;
    }
  }

  private statement(): Statement {
    this.skipLayout();
    const start = this.at;
    if (this.sees("{")) return { kind: "block", body: this.block(), span: this.spanFrom(start) };
    if (this.acceptWord("if")) return this.#ifAsValue(start) ?? this.ifStatement(start);
    if (this.acceptWord("while")) {
      const test = this.expression();
      return { kind: "while", test, body: this.block(), span: this.spanFrom(start) };
    }
    if (this.acceptWord("for")) return this.forStatement(start);
    if (this.acceptWord("unroll")) {
      const count = this.expression();
      return { kind: "unroll", count, body: this.block(), span: this.spanFrom(start) };
    }
    if (this.acceptWord("let")) return this.letStatement(start);
    if (this.take(/import\s*(?=")/y) !== undefined) {
      this.importItem(start);
      return { kind: "block", body: [], span: this.spanFrom(start) };
    }
    if (this.acceptWord("break")) return { kind: "break", span: this.spanFrom(start) };
    if (this.acceptWord("continue")) return { kind: "continue", span: this.spanFrom(start) };
    if (this.acceptWord("return")) {
      const value = this.sees(";") || this.sees("}") ? undefined : this.expression();
      return { kind: "return", value, span: this.spanFrom(start) };
    }
    if (this.take(/_\s*=(?!=)/y) !== undefined) {
      return { kind: "discard", value: this.expression(), span: this.spanFrom(start) };
    }
    return this.simple(start);
  }

  /** `if` with values in its branches at the end of a block that is a value itself; else nothing is taken. */
  #ifAsValue(start: number): Statement | undefined {
    if (!this.#inValue) return undefined;
    const place = this.at;
    const errors = this.diagnostics.length;
    try {
      const expression = this.ifValue(start);
      if (this.sees("}") && hasValue(expression))
        return { kind: "expression", expression, span: this.spanFrom(start) };
    } catch (error) {
      if (!(error instanceof ParseFailure)) throw error;
    }
    this.diagnostics.length = errors;
    this.at = place;
    this.#inValue = false;
    return undefined;
  }

  private simple(start: number): Statement {
    const target = this.expression();
    this.skipLayout();
    const placeEnd = this.at;
    const operator = this.take(ASSIGNMENT)?.[0];
    if (operator === undefined) return { kind: "expression", expression: target, span: this.spanFrom(start) };
    if (!isPlace(target)) {
      this.fail("only variables and maps can be assigned to", { start, end: placeEnd });
    }
    const value = this.expression();
    return { kind: "assign", target, operator: operator.slice(0, -1), value, span: this.spanFrom(start) };
  }

  private ifStatement(start: number): IfStatement {
    const test = this.expression();
    const body = this.block();
    let otherwise: Statement[] | undefined;
    if (this.acceptWord("else")) {
      this.skipLayout();
      const place = this.at;
      otherwise = this.acceptWord("if") ? [this.nested(() => this.ifStatement(place))] : this.block();
    }
    return { kind: "if", test, body, otherwise, span: this.spanFrom(start) };
  }

  private forStatement(start: number): Statement {
    const closed = this.accept("(");
    this.skipLayout();
    const variable = this.take(/\$[A-Za-z_]\w*/y)?.[0];
    if (variable === undefined) this.fail(`syntax error, expected a variable after for, not ${this.here()}`);
    this.expect(":", "after the variable of a for");
    const from = this.expression();
    const to = this.accept("..") ? this.expression() : undefined;
    if (closed) this.expect(")", "at the end of the head of a for");
    const body = this.block();
    const span = this.spanFrom(start);
    if (to !== undefined) return { kind: "for-range", variable, from, to, body, span };
    return { kind: "for-map", variable, map: from, body, span };
  }

  private letStatement(start: number): Statement {
    this.skipLayout();
    const name = this.take(/\$[A-Za-z_]\w*/y)?.[0];
    if (name === undefined) this.fail(`syntax error, expected a variable after let, not ${this.here()}`);
    const type = this.accept(":") ? this.typeName() : undefined;
    const value: Expression | undefined = this.accept("=") ? this.expression() : undefined;
    return { kind: "let", name, type, value, span: this.spanFrom(start) };
  }
}

function hasValue(expression: Expression): boolean {
  if (expression.kind === "block-value") return expression.value !== undefined;
  if (expression.kind !== "conditional" || expression.value === undefined) return true;
  return hasValue(expression.value) && hasValue(expression.otherwise);
}

function needsSemicolon({ kind, ...rest }: Statement): boolean {
  if (kind === "expression") {
    const { expression } = rest as Extract<Statement, { kind: "expression" }>;
    return expression.kind !== "block-value";
  }
  return !["if", "while", "for-map", "for-range", "unroll", "block"].includes(kind);
}
