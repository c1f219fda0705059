import type { Numbers } from "../fuzz/mutate.ts";
import { type Names, RandomExpression } from "./random-expression.ts";
import { type Tree, tree } from "./tree.ts";

export const SERIES_CLOCK = "@clock";

/** Gives each map its type. */
export const MAPS = [
  "@clock = (uint64)5000000000;",
  "@n = (int64)7;",
  "@narrow = (int16)5;",
  "@k[1] = 5;",
  "@bytes[1] = (uint8)250;",
  "@words[2] = (int32)-7;",
  '@s["a"] = 1;',
  '@p[1, (int64)2] = "one";',
  "@pairs[3] = (1, (int64)2);",
  "@c = count();",
  "@kc[1] = count();",
  "@sum[1] = sum(-1);",
  "@usum = sum((uint64)1);",
  "@min[1] = min(-3);",
  "@max = max((uint64)3);",
  "@avg[1] = avg(-4);",
  "@stats[1] = stats(-4);",
  "@hist[1] = hist(4);",
  "@fine = hist(4, 2);",
  "@lhist = lhist(4, -20, 30, 7);",
  "@last[1] = tseries(3, 1s, 4);",
  '@least = tseries(3, 1s, 4, "min");',
  '@mean[1] = tseries(3, 1s, 4, "avg");',
] as const;

const KEYED = ["@k", "@bytes", "@words"] as const;
const SCALARS = ["@n", "@narrow"] as const;
const ANY_KEYED = [...KEYED, "@kc", "@sum", "@min", "@avg", "@pairs"] as const;
const ALL = MAPS.map((text) => /^@\w+/.exec(text)?.[0] ?? "").filter((name) => name !== SERIES_CLOCK);
const OPERATORS = ["=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="] as const;

const INTS = [
  "$v",
  "$w",
  "$u8",
  "@n",
  "@narrow",
  "@k[$v & 3]",
  "@bytes[1]",
  "@words[2]",
  '@s["a"]',
  "@pairs[3].0",
  "@c",
  "@kc[1]",
  "@sum[1]",
  "@usum",
  "@min[$w & 3]",
  "@max",
  "@avg[1]",
  "len(@k)",
  "len(@kc)",
];
const BOOLS = [
  "has_key(@k, 1)",
  "has_key(@kc, $v & 3)",
  "has_key(@p, 1, 2)",
  "delete(@bytes, 1)",
  "delete(@kc, $w & 3)",
];
const TEXTS = ["$t", "@p[1, 2]", "@p[$v & 1, 2]"];

const CHANGING: Names = {
  int: ["$v", "$w", "@n", "@narrow", "@k[2]", "@bytes[2]", "@words[2]", "@words[3]"],
  text: ["$t"],
};

/** Writes begin blocks of random statements. */
export class RandomStatement {
  readonly #random: Numbers;
  readonly #counter: { next: number };
  /** Loop variables that are in scope. */
  #loops: readonly string[] = [];

  constructor(random: Numbers, counter: { next: number }) {
    this.#random = random;
    this.#counter = counter;
  }

  block(): Tree {
    const { expressions } = this;
    const starts = `$v = ${expressions.literal()}; $w = ${expressions.literal()}; $u8 = (uint8)${this.#random(256)}; $t = "${expressions.literalText()}";`;
    const body = Array.from({ length: 3 + this.#random(6) }, () => this.statement(2));
    return tree("case", `begin { ${starts} `, ...body, "print(($v, $w, $u8, $t)); }");
  }

  get expressions(): RandomExpression {
    const names: Names = {
      int: [...INTS, ...this.#loops],
      bool: BOOLS,
      text: TEXTS,
      "(int,int)": ["@pairs[3]"],
    };
    return new RandomExpression(this.#random, names, CHANGING, this.#counter);
  }

  statement(depth: number): Tree {
    const of = (...parts: (string | Tree)[]) => tree("statement", ...parts, " ");
    const { expressions } = this;
    const int = () => expressions.int(this.#random(3));
    const bool = () => expressions.bool(1 + this.#random(2));
    const body = () => this.body(depth - 1);
    if (depth <= 0) return this.simple();
    switch (this.#random(16)) {
      case 0:
        return of("if (", bool(), ") { ", body(), "} else { ", body(), "}");
      case 1:
        return of("if (", bool(), ") { ", body(), "}");
      case 2: {
        const name = this.#fresh("$j");
        return this.#inLoop([name], () =>
          of(`for (${name} : (`, int(), ` % 3)..(`, int(), " % 5)) { ", this.body(depth - 1), "}"),
        );
      }
      case 3: {
        const name = this.#fresh("$n");
        return this.#inLoop([name], () =>
          of(`${name} = 0; while (${name} < ${this.#random(5)}) { ${name}++; `, this.body(depth - 1), "}"),
        );
      }
      case 4:
        return this.#inLoop([], () => of(`unroll(${1 + this.#random(3)}) { `, this.body(depth - 1), "}"));
      case 5:
        return this.#overMap();
      default:
        return this.simple();
    }
  }

  body(depth: number): Tree {
    const leaves = this.#inside && this.#random(3) === 0;
    const how = this.#random(8) === 0 ? "return" : this.#random(2) === 0 ? "break" : "continue";
    const leave = tree("statement", "if (", this.expressions.bool(1), `) { ${how}; } `);
    return tree("statement", this.statement(depth), ...(leaves ? [leave] : []), this.statement(depth));
  }

  simple(): Tree {
    const { expressions } = this;
    const of = (...parts: (string | Tree)[]) => tree("statement", ...parts, " ");
    const int = () => expressions.int(this.#random(3));
    const operator = expressions.pick(OPERATORS);
    const key = () => this.#key();
    switch (this.#random(15)) {
      case 0:
      case 1:
        return of(`${expressions.pick(["$v", "$w"])} ${operator} `, int(), ";");
      case 2:
        return of("$t = ", expressions.text(this.#random(3)), ";");
      case 3:
      case 4:
        return of(`${expressions.pick(SCALARS)} ${operator} `, this.#narrowed(), ";");
      case 5:
      case 6:
        return of(`${expressions.pick(KEYED)}[`, key(), `] ${operator} `, this.#narrowed(), ";");
      case 7:
        return of(`${expressions.pick(KEYED)}[`, key(), `]${expressions.pick(["++", "--"])};`);
      case 8:
        return of("@s[", expressions.text(1), "] += ", int(), ";");
      case 9:
        return of("@p[", key(), ", ", key(), "] = ", expressions.text(2), ";");
      case 10:
        return of("@pairs[", key(), "] = (", int(), ", ", int(), ");");
      case 11:
        return this.#asked();
      case 12:
        return of("print(", expressions.any(3), ");");
      default:
        return this.#summed();
    }
  }

  get #inside(): boolean {
    return this.#loops.length > 0;
  }

  #fresh(prefix: string): string {
    return `${prefix}${this.#counter.next++}`;
  }

  #inLoop(names: readonly string[], make: () => Tree): Tree {
    const before = this.#loops;
    this.#loops = [...before, ...names, ...(names.length === 0 ? ["$v"] : [])];
    const made = make();
    this.#loops = before;
    return made;
  }

  /** Keys that are often the same. */
  #key(): Tree {
    return tree(
      "int",
      "(",
      this.expressions.int(this.#random(2)),
      this.expressions.pick([" & 3)", " % 20)"]),
    );
  }

  /** A number for maps whose values are narrow: what they become without a cast is another matter. */
  #narrowed(): Tree {
    return this.expressions.int(this.#random(3));
  }

  /** In what order a map is walked is not known: what is done must come to the same, and changes no map that is walked. */
  #overMap(): Tree {
    const name = this.#fresh("$kv");
    const map = this.expressions.pick(["@k", "@bytes", "@words", "@kc", "@sum", "@min", "@avg"] as const);
    const inner = new RandomExpression(this.#random, { int: [`${name}.0`, `${name}.1`] });
    const change = this.expressions.pick([
      tree("statement", "$v += ", inner.int(2), "; "),
      tree("statement", "$w ^= ", inner.int(2), "; "),
      tree("statement", "@usum = sum((uint64)", inner.int(2), "); "),
      tree("statement", "@hist[1] = hist(", inner.int(2), "); "),
      tree("statement", "if (", inner.bool(2), `) { delete(${map}, ${name}.0); } `),
      tree("statement", "if (", inner.bool(2), ") { continue; } $v++; "),
    ]);
    return tree("statement", `for (${name} : ${map}) { `, change, "} ");
  }

  /** What is told, or done to a map, when the blocks have ended; and what tells of keys. */
  #asked(): Tree {
    const { expressions } = this;
    const of = (...parts: (string | Tree)[]) => tree("statement", ...parts, " ");
    const map = expressions.pick(ALL);
    switch (this.#random(6)) {
      case 0:
        return of(`print(${map});`);
      case 1:
        return of(`print(${map}, ${1 + this.#random(3)}, 2);`);
      case 2:
        return of(`${expressions.pick(["clear", "zero"])}(${map});`);
      case 3:
        return of(`delete(${expressions.pick(ANY_KEYED)}, `, this.#key(), ");");
      case 4:
        return of(`delete(${expressions.pick([...SCALARS, "@c", "@max", "@fine"])});`);
      default:
        return of("find(@k, ", this.#key(), ", $v);");
    }
  }

  #summed(): Tree {
    const { expressions } = this;
    const of = (...parts: (string | Tree)[]) => tree("statement", ...parts, " ");
    const int = () => expressions.int(this.#random(3));
    const keyed = (name: string, call: string, rest = "") =>
      of(`${name}[`, this.#key(), `] = ${call}(`, int(), `${rest});`);
    switch (this.#random(15)) {
      case 0:
        return of("@c = count();");
      case 1:
        return of("@kc[", this.#key(), "] = count();");
      case 2:
        return keyed("@sum", "sum");
      case 3:
        return of("@usum = sum((uint64)", int(), ");");
      case 4:
        return keyed("@min", "min");
      case 5:
        return of("@max = max((uint64)", int(), ");");
      case 6:
        return keyed("@avg", "avg");
      case 7:
        return keyed("@stats", "stats");
      case 8:
        return keyed("@hist", "hist");
      case 9:
        return of("@fine = hist(", int(), ", 2);");
      case 10:
        return of("@lhist = lhist(", int(), ", -20, 30, 7);");
      case 11:
        return keyed("@last", "tseries", ", 1s, 4");
      case 12:
        return of("@least = tseries(", int(), ', 1s, 4, "min");');
      case 13:
        return keyed("@mean", "tseries", ', 1s, 4, "avg"');
      default:
        return of(`${SERIES_CLOCK} += ${this.#random(3)} * 700000000;`);
    }
  }
}
