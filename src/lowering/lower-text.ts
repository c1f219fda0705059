import type { Value, ValueOf } from "../program/tir.ts";
import { sizeOfType } from "../program/type-layout.ts";
import { parseGlob } from "./glob-pattern.ts";
import { LowerMaps } from "./lower-map.ts";
import { type Operand, scalar } from "./operand.ts";
import {
  CHARACTERS_A_STEP,
  globFunction,
  type KnownWord,
  knownGlobFunction,
  searchFunction,
  shortSearchFunction,
} from "./text-functions.ts";

type Call = Extract<Value, { kind: "call" }>;

/** Words of struct bt_search_state and struct bt_glob_state. */
const SEARCH_WORDS = 4;
const GLOB_WORDS = 6;
const MOST_STEPS = 1 << 20;

/** Texts: comparing, searching, measuring, joining. */
export abstract class LowerTexts extends LowerMaps {
  /** 0 where texts are the same as far as a number of characters. */
  protected compareTexts({ arguments: [left, right, most] }: Call): Operand {
    const [first, second] = [left as Value, right as Value];
    const largest = Math.max(sizeOfType(first.type), sizeOfType(second.type));
    const limit = most?.kind === "constant" ? Math.min(Number(most.value), largest) : largest;
    const operands = this.pair(first, second);
    const same = this.sameAsLiteral(first, second, operands, limit);
    if (same !== undefined) return scalar(this.out.number(`!${same}`));
    const [a, b] = operands;
    if (limit > 32) this.frame.needsMemory();
    const sizes = [first, second].map(({ type }) => sizeOfType(type));
    return scalar(this.out.number(`bt_compare_text(${a.c}, ${sizes[0]}, ${b.c}, ${sizes[1]}, ${limit})`));
  }

  /** The number of the first character, counted from 1, or 0. */
  protected search({ arguments: [text, wanted] }: Call): string {
    const [where, what] = [text as Value, wanted as Value];
    const [m, n] = [sizeOfType(where.type), sizeOfType(what.type)];
    const word = what.kind === "text" ? wordOf(knownText(what)) : undefined;
    const step = this.shared.define(
      (name) => (word === undefined ? searchFunction(name, m, n) : shortSearchFunction(name, m, word)),
      "search",
    );
    const [a, b] = word === undefined ? this.pair(where, what) : [this.value(where)];
    const steps = word === undefined ? (m + 1) * (n + 1) : Math.ceil(m / CHARACTERS_A_STEP);
    const state = this.#step("bt_search", step, SEARCH_WORDS, [a.c, b?.c ?? a.c], steps);
    return this.out.number(`((struct bt_search_state *)${state})->found`);
  }

  protected glob({ arguments: [text, pattern] }: Call): Operand {
    const [where, by] = [text as Value, pattern as Value];
    const [m, n] = [sizeOfType(where.type), sizeOfType(by.type)];
    const known = by.kind === "text" ? parseGlob(knownText(by)) : undefined;
    const step = this.shared.define(
      (name) => (known === undefined ? globFunction(name, m, n) : knownGlobFunction(name, m, known)),
      "glob",
    );
    const [a, b] = known === undefined ? this.pair(where, by) : [this.value(where)];
    const steps = (m + 1) * ((known?.tokens.length ?? n) + 1);
    const state = this.#step("bt_glob", step, GLOB_WORDS, [a.c, b?.c ?? a.c], steps);
    return scalar(this.out.number(`((struct bt_glob_state *)${state})->matches`));
  }

  /** Calls a step until it is done. Gives the place of its state. */
  #step(struct: string, step: string, words: number, [a, b]: [string, string], most: number): string {
    this.frame.needsMemory();
    const state = this.slot(8 * words);
    const at = this.out.name("search");
    // With barriers, so that the compiler does not put addresses into data, where nobody would set them right.
    const [from, to] = [this.out.name("x"), this.out.name("x")];
    this.out.line(`const u8 *${from} = ${a}, *${to} = ${b};`);
    this.out.line(`barrier_var(${from}); barrier_var(${to});`);
    this.out.line(`struct ${struct} ${at} = { ${from}, ${to}, (void *)${state.c} };`);
    this.out.line(`bpf_loop(${Math.min(most, MOST_STEPS)}, (void *)${step}, &${at}, 0);`);
    return state.c;
  }

  protected textLength({ arguments: [text] }: Call): Operand {
    const { c, alignment } = this.value(text as Value);
    const size = sizeOfType((text as Value).type);
    if (size > 64) this.frame.needsMemory();
    return scalar(this.out.number(`bt_text_length(${c}, ${size}, ${alignment})`));
  }

  /** With room for both whole, so that the verifier need not relate the length of one to that of the other. */
  protected concatenate({ arguments: [left, right], type }: Call): Operand {
    const [a, b] = this.pair(left as Value, right as Value);
    const [m, n] = [sizeOfType((left as Value).type), sizeOfType((right as Value).type)];
    this.frame.needsMemory();
    // What has it as its type reads all that the type has room for.
    const slot = this.slot(Math.max(m + n, sizeOfType(type)));
    const length = this.out.number(`bpf_probe_read_kernel_str(${slot.c}, ${m}, ${a.c})`);
    this.out.line(`${length} = (s64)${length} > 0 ? ${length} - 1 : 0;`);
    this.out.line(`barrier_var(${length});`);
    this.out.line(`if (${length} < ${m}) bpf_probe_read_kernel_str(${slot.c} + ${length}, ${n}, ${b.c});`);
    const size = sizeOfType(type);
    if (size < m + n) this.out.line(`*(${slot.c} + ${size - 1}) = 0;`);
    return slot;
  }
}

/** As far as its NUL. */
function knownText({ bytes, type }: ValueOf<"text">): string {
  const all = bytes.slice(0, Math.max(1, sizeOfType(type)));
  const nul = all.indexOf("\0");
  return nul < 0 ? all : all.slice(0, nul);
}

/** Of one to eight characters: the first of them highest, and nothing below the last. */
function wordOf(text: string): KnownWord | undefined {
  const { length } = text;
  if (length === 0 || length > 8) return undefined;
  let word = 0n;
  for (let i = 0; i < 8; i++) word = (word << 8n) | BigInt((text.charCodeAt(i) || 0) & 255);
  return { word, length };
}
