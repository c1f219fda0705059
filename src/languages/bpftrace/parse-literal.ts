import type { Expression } from "./ast.ts";
import { parseInteger, unescapeString } from "./literals.ts";
import { TypeParser } from "./parse-type.ts";

/** Texts, numbers, and the names of variables and parameters. */
export abstract class LiteralParser extends TypeParser {
  protected string(start: number): Expression {
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

  protected variable(start: number): Expression {
    const parameter = this.take(/\$(\d+|#)/y);
    if (parameter !== undefined) {
      const index = parameter[1] === "#" ? 0 : Number(parameter[1]);
      return { kind: "parameter", index, span: this.spanFrom(start) };
    }
    const name = this.take(/\$[A-Za-z_]\w*/y)?.[0];
    if (name === undefined) this.fail("syntax error, expected a name or a number after $");
    return { kind: "variable", name, span: this.spanFrom(start) };
  }

  protected integer(start: number): Expression {
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
