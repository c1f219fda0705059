import type { BlockExpression, Expression } from "./ast.ts";
import { LiteralParser } from "./parse-literal.ts";
import { isTypeWord } from "./parse-type.ts";

/** Functions whose arguments may be types. */
const TAKES_TYPES: ReadonlySet<string> = new Set([
  "sizeof",
  "offsetof",
  "typeinfo",
  "typeof",
  "container_of",
]);

/** What stands between operators: literals, names, calls, maps, and what is in parentheses or braces. */
export abstract class PrimaryParser extends LiteralParser {
  /** In a predicate a slash before a brace ends it. */
  protected inPredicate = false;

  protected abstract blockValue(): BlockExpression;

  /** An operand with the operators before and behind it. */
  protected abstract unary(): Expression;

  protected primary(): Expression {
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
}
