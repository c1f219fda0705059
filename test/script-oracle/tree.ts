/** A piece of a script with its parts, of a kind that others of the same kind can stand for. */
export interface Tree {
  readonly kind: string;
  readonly parts: readonly (string | Tree)[];
}

export function tree(kind: string, ...parts: (string | Tree)[]): Tree {
  return { kind, parts };
}

export function textOf({ parts }: Tree): string {
  return parts.map((part) => (typeof part === "string" ? part : textOf(part))).join("");
}

/** The simplest of each kind. */
const SIMPLEST: Readonly<Record<string, readonly string[]>> = {
  int: ["0", "1"],
  bool: ["false", "true"],
  text: ['""', '"a"'],
  statement: [""],
};

/**
 * Trees that are a little less, the boldest first: a part of the same kind in the place of the whole, something simple,
 * or the same with one of its parts smaller.
 */
export function* smaller(whole: Tree): Generator<Tree> {
  for (const text of SIMPLEST[whole.kind] ?? [])
    if (textOf(whole).length > text.length) yield tree(whole.kind, text);
  yield* below(whole, whole.kind);
  for (const [i, part] of whole.parts.entries()) {
    if (typeof part === "string") continue;
    for (const less of smaller(part)) yield { ...whole, parts: whole.parts.with(i, less) };
  }
}

/** The nearest parts of a kind. */
function* below({ parts }: Tree, kind: string): Generator<Tree> {
  for (const part of parts) {
    if (typeof part === "string") continue;
    if (part.kind === kind) yield part;
    else yield* below(part, kind);
  }
}
