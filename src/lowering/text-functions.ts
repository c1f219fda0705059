import { powerOfTwo } from "../program/power-of-two.ts";
import { GLOB_ANY, GLOB_SET, GLOB_STAR, type GlobPattern } from "./glob-pattern.ts";

// Steps of searches in texts, as functions that bpf_loop calls. What a step leaves for the next one lies in the
// program's memory: so the verifier follows one step, and not the ways that many of them may go.

export const CHARACTERS_A_STEP = 16;

/** A text of one to eight characters: the first of them highest, and nothing below the last. */
export interface KnownWord {
  readonly word: bigint;
  readonly length: number;
}

/** Where a pattern's character does not fit: its last star takes one character more. */
const BACK_TO_STAR = `  if (state->star == 0) return 1;
  state->mark++;
  state->at = state->mark;
  state->wanted = state->star;
  return 0;`;

/** A step compares one character: at the first that differs, the next start is tried. */
export function searchFunction(name: string, size: number, wanted: number): string {
  return `CALLBACK long ${name}(u64 number, struct bt_search *s) {
  struct bt_search_state *state = s->state;
  u64 same = state->same;
  u64 start = state->start;
  u64 at = start + same;
  barrier_var(same);
  u8 want = same < ${wanted} ? s->wanted[same] : 0;
  if (want == 0) { state->found = start + 1; return 1; }
  barrier_var(at);
  u8 have = at < ${size} ? s->text[at] : 0;
  if (have == want) { state->same = same + 1; return 0; }
  if (have == 0) return 1;
  state->start = start + 1;
  state->same = 0;
  return 0;
}`;
}

/** A step reads some characters: those read last are a word, the newest lowest. */
export function shortSearchFunction(name: string, size: number, { word, length }: KnownWord): string {
  return `CALLBACK long ${name}(u64 number, struct bt_search *s) {
  struct bt_search_state *state = s->state;
  u64 window = state->window;
  u64 at = number * ${CHARACTERS_A_STEP};
#pragma clang loop unroll(disable)
  for (u32 i = 0; i < ${CHARACTERS_A_STEP}; i++, at++) {
    barrier_var(at);
    if (at >= ${size} || s->text[at] == 0) return 1;
    window = window << 8 | s->text[at];
    if (window << ${64 - 8 * length} == ${word}ULL) { state->found = at + 2 - ${length}; return 1; }
  }
  state->window = window;
  return 0;
}`;
}

/**
 * A step compares one character, or reads one of a set. A star is tried with ever more characters: where what follows
 * it does not fit, the next character is the star's.
 */
export function globFunction(name: string, size: number, pattern: number): string {
  return `CALLBACK long ${name}(u64 number, struct bt_glob *s) {
  struct bt_glob_state *state = s->state;
  u64 i = state->at, j = state->wanted, set = state->set;
  barrier_var(i);
  u8 have = i < ${size} ? s->text[i] : 0;
  barrier_var(j);
  u8 want = j < ${pattern} ? s->pattern[j] : 0;
  u64 next = j + 1;
  u64 fits;
  if (set & BT_SET_OPEN) {
    if (want != 0 && !(want == ']' && (set & BT_SET_HAS))) {
      if (want == '!' && !(set & (BT_SET_HAS | BT_SET_NEGATED))) {
        state->wanted = next;
        state->set = set | BT_SET_NEGATED;
        return 0;
      }
      u64 end = j + 2;
      barrier_var(next);
      u8 dash = next < ${pattern} ? s->pattern[next] : 0;
      barrier_var(end);
      u8 to = end < ${pattern} ? s->pattern[end] : 0;
      u64 range = dash == '-' && to != 0 && to != ']';
      if (!range) to = want;
      if (want <= have && have <= to) set |= BT_SET_FITS;
      state->wanted = range ? j + 3 : next;
      state->set = set | BT_SET_HAS;
      return 0;
    }
    fits = !(set & BT_SET_FITS) != !(set & BT_SET_NEGATED);
    state->set = 0;
  } else {
    if (want == '*') { state->star = next; state->mark = i; state->wanted = next; return 0; }
    if (have == 0) { state->matches = want == 0; return 1; }
    if (want == '[') { state->set = BT_SET_OPEN; state->wanted = next; return 0; }
    fits = want == have || want == '?';
  }
  if (fits) { state->at = i + 1; state->wanted = next; return 0; }
${BACK_TO_STAR}
}`;
}

/** As globFunction, of a pattern that is known: its sets are tables. */
export function knownGlobFunction(name: string, size: number, { tokens, sets }: GlobPattern): string {
  const set = `want - ${GLOB_SET}`;
  const inSet = `(want >= ${GLOB_SET} && (${name}_sets[(${set}) & ${powerOfTwo(sets.length) - 1}][have >> 6] >> (have & 63) & 1))`;
  const padding = Array.from({ length: powerOfTwo(sets.length) - sets.length }, () => [0n, 0n, 0n, 0n]);
  const rows = [...sets, ...padding].map((words) => `{ ${words.map((word) => `${word}ULL`).join(", ")} }`);
  return `static const unsigned short ${name}_tokens[${tokens.length}] = { ${tokens.join(", ")} };
${sets.length === 0 ? "" : `static const u64 ${name}_sets[${rows.length}][4] = { ${rows.join(", ")} };`}
CALLBACK long ${name}(u64 number, struct bt_glob *s) {
  struct bt_glob_state *state = s->state;
  u64 i = state->at, j = state->wanted;
  barrier_var(i);
  u8 have = i < ${size} ? s->text[i] : 0;
  barrier_var(j);
  u64 want = j < ${tokens.length} ? ${name}_tokens[j] : 0;
  if (want == ${GLOB_STAR}) { state->star = j + 1; state->mark = i; state->wanted = j + 1; return 0; }
  if (have == 0) { state->matches = want == 0; return 1; }
  if (want == have || want == ${GLOB_ANY}${sets.length === 0 ? "" : ` || ${inSet}`}) {
    state->at = i + 1;
    state->wanted = j + 1;
    return 0;
  }
${BACK_TO_STAR}
}`;
}
