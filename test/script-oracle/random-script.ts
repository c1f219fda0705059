import type { Numbers } from "../fuzz/mutate.ts";
import { INTEGERS, RandomExpression } from "./random-expression.ts";
import { MAPS, RandomStatement, SERIES_CLOCK } from "./random-statement.ts";
import { type Tree, tree } from "./tree.ts";

/** A script of which each line stands for itself: trees may be left out or made smaller, texts stay. */
export interface RandomScript {
  readonly lines: readonly (string | Tree)[];
  readonly environment: Readonly<Record<string, string>>;
  /** How many results each tree gives. */
  readonly rows: number;
}

/** After the lines of a block of expressions. */
export const BLOCK_END = "} }";

const BLOCKS = 4;
const CASES = 25;

/** Expressions over variables of all types, printed for several values of these, which cost little. */
export function expressionScript(random: Numbers, rowCount = 8): RandomScript {
  const literals = new RandomExpression(random, {});
  const rows = Array.from({ length: rowCount }, (_, row) => inputs(literals, row));
  const counter = { next: 0 };
  const expressions = new RandomExpression(random, NAMES, { int: ["$m"], text: ["$s"] }, counter);
  const block = () => [
    `begin { for ($i : 0..${rowCount}) { ${LOADS}`,
    ...Array.from({ length: CASES }, () => printed(expressions)),
    BLOCK_END,
  ];
  const blocks = Array.from({ length: BLOCKS }, block).flat();
  const functions = FUNCTIONS.map((name) => randomFunction(name, random, counter));
  return { lines: [...functions, "begin {", ...rows, "}", ...blocks], environment: {}, rows: rowCount };
}

const FUNCTIONS = ["one", "two"];
const NAMES = {
  function: FUNCTIONS,
  int: [...INTEGERS.map((type) => `$${type}`), "$m", "$i"],
  bool: ["$bool"],
  text: ["$text", "$s"],
  "(int,int)": ["$pair"],
};
const INPUTS = [...INTEGERS, "bool", "text", "pair"] as const;
const LOADS = INPUTS.map((name) => `$${name} = @${name}[$i];`).join(" ");

function inputs(literals: RandomExpression, row: number): Tree {
  const statements = INPUTS.map((name) => {
    const value =
      name === "text"
        ? `"${literals.literalText()}"`
        : name === "bool"
          ? literals.pick(["true", "false"])
          : name === "pair"
            ? `((int16)${literals.literal()}, (uint32)${literals.literal()})`
            : `(${name})${literals.literal()}`;
    return tree("statement", `@${name}[${row}] = ${value}; `);
  });
  return tree("input", ...statements);
}

/** A function that is left from where it stands, from inside of a loop, and at its end. */
function randomFunction(name: string, random: Numbers, counter: { next: number }): Tree {
  const number = `$c${counter.next++}`;
  const names = { int: ["$a", "$b", number], bool: [] };
  const body = new RandomExpression(random, names, { int: [number] }, counter);
  return tree(
    "input",
    `fn ${name}($a: int64, $b: ${body.pick(INTEGERS)}): ${body.pick(["int64", "uint64"])} { let ${number} = 5; `,
    tree("statement", "if (", body.bool(1), ") { return ", body.int(1), "; } "),
    tree(
      "statement",
      `for ($i : 0..3) { ${number} += `,
      body.int(1),
      "; if (",
      body.bool(1),
      `) { return ${number}; } } `,
    ),
    "return ",
    body.int(2),
    "; }",
  );
}

function printed(expressions: RandomExpression): Tree {
  const depth = 1 + expressions.below(4);
  return tree("case", "$m = $int64; $s = $text; print((", expressions.any(depth), "));");
}

/** Statements that change variables and maps, in blocks that run one after the other. */
export function statementScript(random: Numbers): RandomScript {
  const counter = { next: 0 };
  const block = () => new RandomStatement(random, counter).block();
  const blocks = Array.from({ length: 12 }, block);
  return {
    lines: ["config = { max_map_keys = 12; }", `begin { ${MAPS.join(" ")} }`, ...blocks],
    environment: { BPFTRACE_DUMMY_TS_MAP: SERIES_CLOCK },
    rows: 1,
  };
}
