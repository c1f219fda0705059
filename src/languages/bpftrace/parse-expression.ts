import type { BlockExpression, Expression, TypeName } from "./ast.ts";
import { isBuiltin } from "./builtin-names.ts";
import { parseInteger, unescapeString } from "./literals.ts";
import { isTypeWord, TypeParser } from "./parse-type.ts";

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

/** Functions whose arguments may be types. */
const TAKES_TYPES: ReadonlySet<string> = new Set([
  "sizeof",
  "offsetof",
  "typeinfo",
  "typeof",
  "typeinfo",
  "container_of",
]);

/** Expressions, by precedence. */
export abstract class ExpressionParser extends TypeParser {
  /** In a predicate a slash before a brace ends it. */
  protected inPredicate = false;

  protected abstract blockValue(): BlockExpression;

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

  private unary(): Expression {
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

  private primary(): Expression {
    this.skipLayout();
    const start = this.at;
    const next = this.text[start] ?? "";
    if (next === "(") return this.parenthesised(start);
    if (next === "{") return this.blockValue();
    if (next === '"') return this.string(start);
    if (next === "$") return this.variable(start);
    if (next === "@") return this.map(start);
    if (/\d/.test(next)) return this.integer(start);
    const name = this.word();
    if (name === undefined) this.fail(`syntax error, unexpected ${this.here()}, expected a value`);
    return this.named(start, name);
  }

  private named(start: number, name: string): Expression {
    if (name === "true" || name === "false") {
      return { kind: "boolean", value: name === "true", span: this.spanFrom(start) };
    }
    if (name === "if") return this.ifValue(start);
    if (name === "comptime") return this.unary();
    if (name === "struct" || name === "union" || name === "enum") {
      this.at = start;
      const type = this.typeName();
      return { kind: "type", type, span: type.span };
    }
    const nameSpan = this.spanFrom(start);
    if (!this.sees("(")) return { kind: "name", name, span: nameSpan };
    this.at++;
    const args = this.list(")", TAKES_TYPES.has(name));
    return { kind: "call", name, nameSpan, arguments: args, span: this.spanFrom(start) };
  }

  /** `if c { a } else { b }` as a value. */
  protected ifValue(start: number): Expression {
    const test = this.expression();
    const value = this.blockValue();
    if (!this.acceptWord("else")) this.fail("an if that is a value needs an else");
    const otherwise = this.seesWord("if") ? this.primary() : this.blockValue();
    return { kind: "conditional", test, value, otherwise, span: this.spanFrom(start) };
  }

  protected list(end: string, types: boolean): Expression[] {
    const items: Expression[] = [];
    if (this.accept(end)) return items;
    do {
      items.push(types ? this.typeOrExpression() : this.argument());
    } while (this.accept(","));
    this.expect(end, "after the last argument");
    return items;
  }

  /** Types stand as arguments of macros too. */
  private argument(): Expression {
    const start = this.at;
    const word = this.word();
    this.skipLayout();
    const alone = /[,)*]/.test(this.text[this.at] ?? "");
    this.at = start;
    if (word === "typeof" || (word !== undefined && alone && isTypeWord(word)))
      return this.typeOrExpression();
    return this.expression();
  }

  private parenthesised(start: number): Expression {
    this.at++;
    if (this.accept(")")) return { kind: "tuple", items: [], span: this.spanFrom(start) };
    const record = this.record(start);
    if (record !== undefined) return record;
    const before = this.inPredicate;
    this.inPredicate = false;
    const first = this.expression();
    const items = [first];
    let tuple = false;
    while (this.accept(",")) {
      tuple = true;
      if (this.sees(")")) break;
      items.push(this.expression());
    }
    this.inPredicate = before;
    this.expect(")", tuple ? "at the end of a tuple" : "after an expression in parentheses");
    return tuple ? { kind: "tuple", items, span: this.spanFrom(start) } : first;
  }

  private record(start: number): Expression | undefined {
    this.skipLayout();
    const inside = this.at;
    if (this.take(/[A-Za-z_]\w*\s*=(?!=)/y) === undefined) return undefined;
    this.at = inside;
    const fields: { name: string; value: Expression }[] = [];
    do {
      if (this.sees(")")) break;
      const name = this.word();
      if (name === undefined) this.fail(`syntax error, expected the name of a field, not ${this.here()}`);
      this.expect("=", "after the name of a field");
      fields.push({ name, value: this.expression() });
    } while (this.accept(","));
    this.expect(")", "at the end of a record");
    return { kind: "record", fields, span: this.spanFrom(start) };
  }

  private string(start: number): Expression {
    const quoted = this.take(/"((?:\\[\s\S]|[^"\\])*)"/y);
    if (quoted === undefined) this.fail("the string has no end", { start, end: start + 1 });
    const value = unescapeString(quoted[1] ?? "");
    if (value === undefined) {
      const hint =
        'There are \\n \\t \\r \\a \\b \\f \\v \\\\ \\" \\0 (octal) and \\x (two hexadecimal digits).';
      this.fail("the string has an unknown escape", this.spanFrom(start), hint);
    }
    return { kind: "string", value, span: this.spanFrom(start) };
  }

  private variable(start: number): Expression {
    const parameter = this.take(/\$(\d+|#)/y);
    if (parameter !== undefined) {
      const index = parameter[1] === "#" ? 0 : Number(parameter[1]);
      return { kind: "parameter", index, span: this.spanFrom(start) };
    }
    const name = this.take(/\$[A-Za-z_]\w*/y)?.[0];
    if (name === undefined) this.fail("syntax error, expected a name or a number after $");
    return { kind: "variable", name, span: this.spanFrom(start) };
  }

  private map(start: number): Expression {
    const name = this.take(/@\w*/y)?.[0] ?? "@";
    if (!this.accept("[")) return { kind: "map", name, key: undefined, span: this.spanFrom(start) };
    const first = this.at;
    const before = this.inPredicate;
    this.inPredicate = false;
    const items = this.list("]", false);
    this.inPredicate = before;
    const span = { start: first, end: Math.max(first, this.at - 1) };
    if (items.length === 0) this.fail("the map's key is missing", this.spanFrom(start));
    const [only] = items;
    const key: Expression = items.length === 1 && only !== undefined ? only : { kind: "tuple", items, span };
    return { kind: "map", name, key, span: this.spanFrom(start) };
  }

  private integer(start: number): Expression {
    const text = this.take(/0[xX][\da-fA-F_]+[uUlL]*|\d[\d_]*(?:[eE]\d+)?[A-Za-z]*/y)?.[0] ?? "";
    const literal = parseInteger(text);
    if (literal === undefined) {
      this.fail(
        `${text} is no number`,
        this.spanFrom(start),
        "Suffixes are ns us ms s m h d, and C's U and L.",
      );
    }
    if (literal.value >= 1n << 64n) this.fail(`${text} does not fit into 64 bits`, this.spanFrom(start));
    const { value, unsigned } = literal;
    return { kind: "integer", value, unsigned: unsigned || undefined, span: this.spanFrom(start) };
  }
}

/** True for what can be counted up and assigned to. */
export function isPlace(value: Expression): boolean {
  return value.kind === "variable" || value.kind === "map" || value.kind === "name";
}
