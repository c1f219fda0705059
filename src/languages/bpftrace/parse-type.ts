import type { Expression, TypeName } from "./ast.ts";
import { Cursor } from "./cursor.ts";

const TAGS: ReadonlySet<string> = new Set(["struct", "union", "enum"]);

/** Words of which C's integer types consist, in any order. */
const INTEGER_WORDS: ReadonlySet<string> = new Set(["unsigned", "signed", "char", "short", "int", "long"]);

const TYPE_NAMES: ReadonlySet<string> = new Set([
  ..."int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool void string buffer inet".split(" "),
  ..."u8 u16 u32 u64 s8 s16 s32 s64 __u8 __u16 __u32 __u64 __s8 __s16 __s32 __s64 __be16 __be32 __be64".split(
    " ",
  ),
  ..."size_t ssize_t pid_t uid_t gid_t dev_t umode_t loff_t sector_t gfp_t uintptr_t intptr_t".split(" "),
  ..."int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t".split(" "),
  ..."count_t sum_t min_t max_t avg_t stats_t hist_t lhist_t tseries_t kstack_t ustack_t ksym_t usym_t".split(
    " ",
  ),
  ..."username_t timestamp mac_address cgroup_path_t timestamp_mode".split(" "),
]);

/** True for names that are types whatever the kernel has. */
export function isTypeWord(name: string): boolean {
  return TYPE_NAMES.has(name) || INTEGER_WORDS.has(name) || TAGS.has(name);
}

/** Types as they are written in casts, declarations and sizeof. */
export abstract class TypeParser extends Cursor {
  protected abstract expression(): Expression;

  /** A type. Fails where there is none. */
  protected typeName(): TypeName {
    this.skipLayout();
    const start = this.at;
    if (this.acceptWord("typeof")) {
      this.expect("(", "after typeof");
      const of = this.typeOrExpression();
      this.expect(")", "after what typeof is asked of");
      return this.suffixed(start, "typeof", of);
    }
    this.acceptWord("const");
    const first = this.word();
    if (first === undefined) this.fail(`syntax error, expected a type, not ${this.here()}`);
    if (TAGS.has(first)) {
      const tag = this.word();
      if (tag === undefined) this.fail(`syntax error, expected a name after ${first}`);
      return this.suffixed(start, `${first} ${tag}`);
    }
    if (!INTEGER_WORDS.has(first)) return this.suffixed(start, first);
    const words = [first];
    for (;;) {
      const before = this.at;
      const next = this.word();
      if (next !== undefined && INTEGER_WORDS.has(next)) words.push(next);
      else {
        this.at = before;
        return this.suffixed(start, words.join(" "));
      }
    }
  }

  private suffixed(start: number, name: string, of?: Expression): TypeName {
    const suffixes: ("*" | number | undefined)[] = [];
    let end = this.at;
    for (;;) {
      this.acceptWord("const");
      if (this.accept("*")) suffixes.push("*");
      else if (this.sees("[")) {
        this.at++;
        this.skipLayout();
        const digits = this.take(/0x[\da-fA-F]+|\d+/y)?.[0];
        if (!this.accept("]")) this.fail(`syntax error, expected a count and ], not ${this.here()}`);
        suffixes.push(digits === undefined ? undefined : Number(digits));
      } else break;
      end = this.at;
    }
    return { name, of, suffixes, span: { start, end } };
  }

  /** For sizeof, offsetof and typeof: a type where the words say so, else an expression. */
  protected typeOrExpression(): Expression {
    this.skipLayout();
    const start = this.at;
    const word = this.word();
    const starred = word !== undefined && this.take(/\s*(?:\*\s*)+(?=[,)])/y) !== undefined;
    this.at = start;
    if (word === undefined || !(isTypeWord(word) || word === "typeof" || starred)) return this.expression();
    const type = this.typeName();
    return { kind: "type", type, span: type.span };
  }
}
