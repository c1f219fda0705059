import type { Expression, TypeName } from "./ast.ts";
import { isBuiltin } from "./builtin-names.ts";
import { PrimaryParser } from "./parse-primary.ts";
import { isTypeWord } from "./parse-type.ts";

/** The higher the closer. As in C. */
const PRECEDENCE: Readonly<Record<string, number>> = {
  "||": 1,
  "&&": 2,
  "|": 3,
  "^": 4,
  "&": 5,
  "==": 6,
  "!=": 6,
  "<": 7,
  ">": 7,
  "<=": 7,
  ">=": 7,
  "<<": 8,
  ">>": 8,
  "+": 9,
  "-": 9,
  "*": 10,
  "/": 10,
  "%": 10,
};

const OPERATOR = /\|\||&&|==|!=|<<(?!=)|>>(?!=)|<=|>=|<(?!<)|>(?!>)|[|^&](?!=)|[+\-*/%](?!=)/y;

/** Expressions, by precedence. */
export abstract class ExpressionParser extends PrimaryParser {
  protected override expression(): Expression {
    return this.nested(() => this.conditional());
  }

  private conditional(): Expression {
    this.skipLayout();
    const start = this.at;
    const test = this.binary(1);
    if (!this.accept("?")) return test;
    if (this.accept(":")) {
      const otherwise = this.expression();
      return { kind: "conditional", test, value: undefined, otherwise, span: this.spanFrom(start) };
    }
    const value = this.expression();
    this.expect(":", "between the two values of ?");
    const otherwise = this.expression();
    return { kind: "conditional", test, value, otherwise, span: this.spanFrom(start) };
  }

  private binary(lowest: number): Expression {
    this.skipLayout();
    const start = this.at;
    let left = this.unary();
    for (;;) {
      this.skipLayout();
      const before = this.at;
      const operator = this.take(OPERATOR)?.[0];
      const precedence = operator === undefined ? 0 : (PRECEDENCE[operator] ?? 0);
      if (operator === undefined || precedence < lowest || this.#endsPredicate(operator)) {
        this.at = before;
        return left;
      }
      const right = this.nested(() => this.binary(precedence + 1));
      left = { kind: "binary", operator, left, right, span: this.spanFrom(start) };
    }
  }

  #endsPredicate(operator: string): boolean {
    return operator === "/" && this.inPredicate && this.sees("{");
  }

  protected override unary(): Expression {
    this.skipLayout();
    const start = this.at;
    const step = this.take(/\+\+|--/y)?.[0];
    if (step !== undefined) {
      const target = this.nested(() => this.unary());
      const operator = step as "++" | "--";
      return { kind: "step", operator, prefix: true, target, span: this.spanFrom(start) };
    }
    const operator = this.take(/[!~*&+-]/y)?.[0];
    if (operator !== undefined) {
      const operand = this.nested(() => this.unary());
      if (operator === "+") return operand;
      if (operator === "-" && operand.kind === "integer" && !operand.unsigned) {
        return { ...operand, value: -operand.value, span: this.spanFrom(start) };
      }
      return { kind: "unary", operator, operand, span: this.spanFrom(start) };
    }
    const type = this.castType();
    if (type !== undefined) {
      const operand = this.nested(() => this.unary());
      return { kind: "cast", type, operand, span: this.spanFrom(start) };
    }
    return this.postfix(start);
  }

  /** `(type)` before an operand; nothing is taken when it is something else in parentheses. */
  private castType(): TypeName | undefined {
    if (!this.sees("(")) return undefined;
    const start = this.at;
    this.at++;
    const word = this.word();
    this.at = start + 1;
    if (word !== undefined && (isTypeWord(word) || word === "typeof" || this.#looksLikeType(word))) {
      const type = this.typeName();
      if (this.accept(")") && this.#operandFollows(type)) return type;
    }
    this.at = start;
    return undefined;
  }

  /** An unknown name alone in parentheses, with stars or not, before something that begins a value. */
  #looksLikeType(word: string): boolean {
    const start = this.at;
    this.word();
    this.skipLayout();
    const closed = this.take(/(?:\*\s*|\[\d*\]\s*)*\)/y)?.[0];
    this.at = start;
    if (closed === undefined) return false;
    return closed !== ")" || !isBuiltin(word);
  }

  #operandFollows(type: TypeName): boolean {
    this.skipLayout();
    const next = this.text[this.at] ?? "";
    if (/[\w$@("!~]/.test(next)) return true;
    const certain =
      isTypeWord(type.name.split(" ")[0] ?? "") || type.suffixes.length > 0 || type.of !== undefined;
    return next === "*" || next === "&" || (certain && (next === "-" || next === "+" || next === "{"));
  }

  private postfix(start: number): Expression {
    let value = this.primary();
    for (;;) {
      this.skipLayout();
      if (this.take(/->/y) !== undefined) value = this.field(start, value, true);
      else if (this.text[this.at] === "." && this.text[this.at + 1] !== ".") {
        this.at++;
        value = this.field(start, value, false);
      } else if (this.accept("[")) {
        const index = this.expression();
        this.expect("]", "after an index");
        value = { kind: "index", of: value, index, span: this.spanFrom(start) };
      } else {
        const step = isPlace(value) ? this.take(/\+\+|--/y)?.[0] : undefined;
        if (step === undefined) return value;
        const operator = step as "++" | "--";
        value = { kind: "step", operator, prefix: false, target: value, span: this.spanFrom(start) };
      }
    }
  }

  private field(start: number, of: Expression, arrow: boolean): Expression {
    this.skipLayout();
    const name = this.take(/\d+|[A-Za-z_]\w*/y)?.[0];
    if (name === undefined)
      this.fail(`syntax error, expected a name or number after the dot, not ${this.here()}`);
    return { kind: "field", of, name, arrow, span: this.spanFrom(start) };
  }
}

/** True for what can be counted up and assigned to. */
export function isPlace(value: Expression): boolean {
  return value.kind === "variable" || value.kind === "map" || value.kind === "name";
}
