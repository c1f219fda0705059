import type { Numbers } from "../fuzz/mutate.ts";
import { type Tree, tree } from "./tree.ts";

export const INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"] as const;
const TEXTS = ["", "a", "ab", "abc", "abcabd", "hello world", "0123456789abcdef", "é", "a\\nb", "\\xff\\x01"];

const OPERATORS = ["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"] as const;
const PATTERNS = [
  ...["*", "a*", "*b*", "?b*", "[a-h]*[!a-c]", "[!h]*", "*[0-9a]*f", "", "abc", "*\\n?"],
  ...["[a-]*", "*[]a-c]*", "[!]-b]*", "*[a-c-e]*", "[z-a]*", "*[ab", "[!", "[a-bd-el-o]*", "*[d-]*[0-9]*"],
];

/** What has elements: a type, what a number must be before it is one, and how many elements there are at least. */
const ARRAYS = [
  ["text", "", 1],
  ["text", "", 1],
  ["uint8[8]", "(uint64)", 8],
  ["int8[8]", "(int64)", 8],
  ["int16[4]", "(int64)", 4],
  ["uint32[2]", "(int64)", 2],
  ["int8[4]", "(int32)", 4],
  ["int64[1]", "(uint64)", 1],
] as const;

/** What expressions can mention, by kind ("int", "text"), beside literals. */
export type Names = Readonly<Record<string, readonly string[]>>;

/** Writes random expressions that are well typed. */
export class RandomExpression {
  readonly #random: Numbers;
  readonly #names: Names;
  /** Statements that expressions may have inside them have an effect on these. */
  readonly #changing: Names;
  /** Counts the names of variables, which may not be the same even in different blocks. */
  readonly #counter: { next: number };

  constructor(random: Numbers, names: Names, changing: Names = {}, counter = { next: 0 }) {
    this.#random = random;
    this.#names = names;
    this.#changing = changing;
    this.#counter = counter;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.#random(items.length)] as T;
  }

  below(limit: number): number {
    return this.#random(limit);
  }

  ofKind(kind: string, depth: number): Tree {
    if (kind === "int") return this.int(depth);
    if (kind === "bool") return this.bool(depth);
    if (kind === "text") return this.text(depth);
    return this.tuple(kind.slice(1, -1).split(","), depth);
  }

  /** Any kind that can be printed. */
  any(depth: number): Tree {
    switch (this.below(10)) {
      case 0:
        return this.bool(depth);
      case 1:
        return this.text(depth);
      case 4:
        return this.#array(depth);
      case 2:
        return this.tuple(this.#shape(), depth);
      case 3:
        return tree("record", "(a=", this.int(depth - 1), ", b=", this.any(depth - 2), ")");
      default:
        return this.int(depth);
    }
  }

  int(depth: number): Tree {
    if (depth <= 0) return this.#leaf();
    const a = () => this.int(depth - 1);
    const of = (...parts: (string | Tree)[]) => tree("int", ...parts);
    switch (this.below(25)) {
      case 22:
        return of("(if (", this.bool(depth - 1), ") { ", a(), " } else { ", a(), " })");
      case 23:
        return this.#typed(depth);
      case 24:
        return this.#call(depth);
      case 0:
        return this.#leaf();
      case 1:
        return of(`(${this.pick(["-", "~"])}`, a(), ")");
      case 2:
      case 3:
        return of(`((${this.pick(INTEGERS)})`, a(), ")");
      case 4:
        return of("(", this.bool(depth - 1), " ? ", a(), " : ", a(), ")");
      case 5:
        return of("(", a(), " ?: ", a(), ")");
      case 6:
        return this.below(2) === 0
          ? of("strlen(", this.text(depth - 1), ")")
          : of("strstr(", this.text(depth - 1), ", ", this.text(depth - 1), ")");
      case 7:
        return of("strncmp(", this.text(depth - 1), ", ", this.text(depth - 1), `, ${this.below(8)})`);
      case 8:
        return this.below(3) > 0
          ? of("bswap(", a(), ")")
          : of("memcmp((uint64)", a(), ", (uint64)", a(), `, ${1 + this.below(8)})`);
      case 9:
        return this.#element(depth);
      case 10:
        return this.#field(depth);
      case 11:
        return this.#block(depth);
      case 12:
        return of("(", this.bool(depth - 1), this.pick([" + ", " - ", " * ", " & "]), a(), ")");
      case 13:
        return this.#changed();
      case 14:
        return of("(", a(), this.pick([" << ", " >> "]), `${this.below(66)})`);
      default:
        return of("(", a(), ` ${this.pick(OPERATORS)} `, a(), ")");
    }
  }

  /** Operators only, over some names; no literals, whose type depends on what they meet. */
  arithmetic(depth: number, names: readonly string[]): Tree {
    if (depth <= 0) return tree("int", this.pick(names));
    const side = () => this.arithmetic(depth - 1 - this.below(2), names);
    switch (this.below(6)) {
      case 0:
        return tree("int", `(${this.pick(["-", "~"])}`, side(), ")");
      case 1:
        return tree("int", `((${this.pick(INTEGERS)})`, side(), ")");
      default:
        return tree("int", "(", side(), ` ${this.pick(OPERATORS)} `, side(), ")");
    }
  }

  bool(depth: number): Tree {
    const of = (...parts: (string | Tree)[]) => tree("bool", ...parts);
    const names = this.#names.bool ?? [];
    if (depth <= 0) return of(this.pick(["true", "false", ...names]));
    switch (this.below(9)) {
      case 0:
        return of("(!", this.pick([this.int(depth - 1), this.bool(depth - 1)]), ")");
      case 1:
      case 2: {
        const side = () => (this.below(2) === 0 ? this.int(depth - 1) : this.bool(depth - 1));
        return of("(", side(), this.pick([" && ", " || "]), side(), ")");
      }
      case 3:
        return of("(", this.text(depth - 1), this.pick([" == ", " != "]), this.text(depth - 1), ")");
      case 4:
        return this.below(2) === 0
          ? of("strcontains(", this.text(depth - 1), ", ", this.text(depth - 1), ")")
          : of("globmatch(", this.text(depth - 1), ", ", this.#pattern(depth), ")");
      case 5: {
        const shape = this.#shape();
        const side = () => this.tuple(shape, depth - 1);
        return of("(", side(), this.pick([" == ", " != "]), side(), ")");
      }
      case 6:
        return of("((bool)", this.int(depth - 1), ")");
      default: {
        const operator = this.pick([" == ", " != ", " < ", " > ", " <= ", " >= "]);
        return of("(", this.int(depth - 1), operator, this.int(depth - 1), ")");
      }
    }
  }

  /** Mostly one that is known before the script runs. */
  #pattern(depth: number): Tree {
    const known = () => tree("pattern", `"${this.pick(PATTERNS)}"`);
    switch (this.below(6)) {
      case 0:
        return this.text(depth - 1);
      case 1:
        return tree("pattern", "(", this.bool(depth - 1), " ? ", known(), " : ", known(), ")");
      default:
        return known();
    }
  }

  text(depth: number): Tree {
    const of = (...parts: (string | Tree)[]) => tree("text", ...parts);
    const names = this.#names.text ?? [];
    const name = this.below(3) > 0 && names.length > 0;
    if (depth <= 0 || this.below(3) === 0) return of(name ? this.pick(names) : `"${this.pick(TEXTS)}"`);
    const changing = this.#changing.text ?? [];
    if (changing.length > 0 && this.below(6) === 0) {
      const changed = this.pick(changing);
      return of("{ ", tree("statement", `${changed} = `, this.text(depth - 1), "; "), `${changed} }`);
    }
    switch (this.below(5)) {
      case 3:
        return of("str_concat(", this.text(depth - 1), ", ", this.text(depth - 1), ")");
      case 0:
        return of("(", this.bool(depth - 1), " ? ", this.text(depth - 1), " : ", this.text(depth - 1), ")");
      case 1:
        return of("str(", this.text(depth - 1), `, ${1 + this.below(12)})`);
      case 2:
        return of(`((string[${1 + this.below(20)}])`, this.text(depth - 1), ")");
      default: {
        const tuple = this.tuple(["int", "text"], depth - 1);
        return of("(", tuple, ").1");
      }
    }
  }

  tuple(kinds: readonly string[], depth: number): Tree {
    const kind = `(${kinds.join(",")})`;
    const names = this.#names[kind] ?? [];
    if (names.length > 0 && this.below(3) === 0) return tree(kind, this.pick(names));
    if (depth > 1 && this.below(6) === 0) {
      const side = () => this.tuple(kinds, depth - 1);
      return tree(kind, "(", this.bool(depth - 1), " ? ", side(), " : ", side(), ")");
    }
    const items = kinds.flatMap((item, i) => [...(i > 0 ? [", "] : []), this.ofKind(item, depth - 1)]);
    return tree(kind, "(", ...items, kinds.length === 1 ? ",)" : ")");
  }

  #shape(): string[] {
    return this.pick([["int", "int"], ["int", "text"], ["bool", "int", "text"], ["text", "text"], ["int"]]);
  }

  #leaf(): Tree {
    const names = this.#names.int ?? [];
    if (names.length > 0 && this.below(3) > 0) return tree("int", this.pick(names));
    return tree("int", this.literal());
  }

  literalText(): string {
    return this.pick(TEXTS);
  }

  literal(): string {
    const bits = BigInt(this.pick([0, 1, 2, 7, 8, 15, 16, 31, 32, 62, 63]));
    const value = (1n << bits) + BigInt(this.below(3)) - 1n;
    switch (this.below(8)) {
      case 0:
        return `0x${value.toString(16)}`;
      case 1:
        return `${value}${this.pick(["U", "UL", "L"])}`;
      case 2:
      case 3:
        return `(-${value})`;
      case 4:
        return `${this.below(10)}`;
      default:
        return `${value}`;
    }
  }

  /** Of an array made of a number, or of a text. The index may lie outside, but a constant that does is refused. */
  #element(depth: number): Tree {
    const names = this.#names.int ?? [];
    const [type, from, count] = this.pick(ARRAYS);
    const ends = [") & 7)", ") & 3)", ") % 9)", "))"];
    const index =
      names.length === 0 || this.below(3) === 0
        ? tree("index", String(this.below(count)))
        : tree("index", "((", this.pick(names), " + ", this.int(depth - 1), this.pick(ends));
    const of =
      type === "text"
        ? tree("array", "(", this.text(depth - 1), ")")
        : tree("array", `((${type})${from}`, this.int(depth - 1), ")");
    return tree("int", of, "[", index, "]");
  }

  /** As a value of its own, or compared with another. */
  #array(depth: number): Tree {
    const [type, from] = this.pick(ARRAYS.filter(([name]) => name !== "text"));
    const one = () => tree("array", `((${type})${from}`, this.int(depth - 1), ")");
    if (this.below(2) === 0) return tree("value", one());
    return tree("bool", "(", one(), this.pick([" == ", " != "]), one(), ")");
  }

  /** A variable with a type of its own. */
  #typed(depth: number): Tree {
    const name = `$b${this.#counter.next++}`;
    const type = this.pick(INTEGERS);
    const value = tree("int", `((${type})`, this.int(depth - 1), ")");
    return tree("int", `{ let ${name}: ${type} = `, value, `; ${this.pick(["", `${name}++; `])}${name} }`);
  }

  /** Of a function of the script, of two numbers. */
  #call(depth: number): Tree {
    const names = this.#names.function ?? [];
    if (names.length === 0) return this.#leaf();
    return tree("int", `${this.pick(names)}(`, this.int(depth - 1), ", ", this.int(depth - 1), ")");
  }

  #field(depth: number): Tree {
    switch (this.below(3)) {
      case 0:
        return tree("int", "(", this.tuple(["int", "int"], depth - 1), `).${this.below(2)}`);
      case 1:
        return tree(
          "int",
          "((x=",
          this.int(depth - 1),
          ", y=",
          this.int(depth - 1),
          `)).${this.pick(["x", "y"])}`,
        );
      default:
        return tree("int", "(", this.tuple(["bool", "int", "text"], depth - 1), ").1");
    }
  }

  #block(depth: number): Tree {
    const name = `$b${this.#counter.next++}`;
    const names = { ...this.#names, int: [...(this.#names.int ?? []), name] };
    const changing = { ...this.#changing, int: [...(this.#changing.int ?? []), name] };
    const inner = new RandomExpression(this.#random, names, changing, this.#counter);
    const operator = this.pick(["=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="]);
    const change = tree("statement", `${name} ${operator} `, inner.int(depth - 1), "; ");
    return tree("int", `{ let ${name} = `, this.int(depth - 1), "; ", change, inner.int(depth - 1), " }");
  }

  #changed(): Tree {
    const names = this.#changing.int ?? [];
    if (names.length === 0) return this.#leaf();
    const name = this.pick(names);
    return tree("int", this.pick([`${name}++`, `${name}--`, `(++${name})`, `(--${name})`]));
  }
}
