/** A place in clang's JSON syntax tree. Offsets are bytes of the file that clang read. */
interface BareLocation {
  readonly offset?: number;
  readonly tokLen?: number;
  readonly includedFrom?: object;
  readonly isMacroArgExpansion?: boolean;
}

interface AstLocation extends BareLocation {
  readonly spellingLoc?: BareLocation;
  readonly expansionLoc?: BareLocation;
}

export interface AstType {
  readonly qualType: string;
  readonly desugaredQualType?: string;
}

/** The parts of clang's JSON syntax tree that the rewriter reads. */
export interface AstNode {
  readonly id: string;
  readonly kind: string;
  readonly name?: string;
  readonly loc?: AstLocation;
  readonly range?: { readonly begin: AstLocation; readonly end: AstLocation };
  readonly type?: AstType;
  readonly castKind?: string;
  readonly opcode?: string;
  /** Of a literal, as C spells it. */
  readonly value?: string;
  readonly isArrow?: boolean;
  readonly isPostfix?: boolean;
  readonly isBitfield?: boolean;
  readonly storageClass?: string;
  readonly tagUsed?: string;
  readonly completeDefinition?: boolean;
  readonly referencedDecl?: { readonly id: string; readonly kind: string; readonly name?: string };
  readonly referencedMemberDecl?: string;
  /** Of a union's initialiser: the member that gets the value. */
  readonly field?: { readonly id: string };
  /** Of a type: what declares it. */
  readonly decl?: { readonly id: string };
  readonly inner?: readonly AstNode[];
  /** Of an InitListExpr for an array that is longer: what fills the rest, then the values that are given. */
  readonly array_filler?: readonly AstNode[];
}

/** Where a node stands for the rewriter. Only "user" ranges can be edited. */
export type NodePlace =
  | { readonly kind: "user"; readonly start: number; readonly end: number }
  /** Partly or wholly out of a macro's body; `start` is where the macro's name stands. */
  | { readonly kind: "macro"; readonly start: number; readonly end: number }
  | { readonly kind: "elsewhere" };

/** Translates clang's byte offsets over prelude and text into offsets of the user's text. */
export class Places {
  readonly #text: string;
  readonly #preludeBytes: number;
  readonly #offsets: Int32Array | undefined;

  constructor(preludeText: string, text: string) {
    this.#text = text;
    this.#preludeBytes = Buffer.byteLength(preludeText);
    this.#offsets = Buffer.byteLength(text) === text.length ? undefined : byteOffsets(text);
  }

  of(node: AstNode): NodePlace {
    const { begin, end } = node.range ?? {};
    if (begin === undefined || end === undefined) return { kind: "elsewhere" };
    const plainStart = this.#start(begin);
    const plainEnd = this.#end(end);
    if (isPlain(begin) && isPlain(end)) {
      if (plainStart === undefined || plainEnd === undefined) return { kind: "elsewhere" };
      return { kind: "user", start: plainStart, end: plainEnd };
    }
    const spelled = this.#spelledInArgument(begin, end);
    if (spelled !== undefined) return spelled;
    const start = this.#start(begin.expansionLoc ?? begin);
    const stop = this.#end(end.expansionLoc ?? end);
    if (start === undefined || stop === undefined) return { kind: "elsewhere" };
    return { kind: "macro", start, end: stop };
  }

  /** Where the node's first token stands in the user's text, be it a macro's name. */
  startOf(node: AstNode): number | undefined {
    const place = this.of(node);
    return place.kind === "elsewhere" ? undefined : place.start;
  }

  /** A node that is wholly one argument of a macro stands in the user's text as it is. */
  #spelledInArgument(begin: AstLocation, end: AstLocation): NodePlace | undefined {
    if (!begin.expansionLoc?.isMacroArgExpansion || !end.expansionLoc?.isMacroArgExpansion) return undefined;
    const start = this.#start(begin.spellingLoc ?? {});
    const stop = this.#end(end.spellingLoc ?? {});
    if (start === undefined || stop === undefined || stop < start) return undefined;
    return hasOuterComma(this.#text.slice(start, stop)) ? undefined : { kind: "user", start, end: stop };
  }

  #start(location: BareLocation): number | undefined {
    return location.includedFrom === undefined ? this.#offset(location.offset) : undefined;
  }

  #end(location: BareLocation): number | undefined {
    if (location.offset === undefined || location.includedFrom !== undefined) return undefined;
    return this.#offset(location.offset + (location.tokLen ?? 0));
  }

  #offset(byte: number | undefined): number | undefined {
    if (byte === undefined || byte < this.#preludeBytes) return undefined;
    const inText = byte - this.#preludeBytes;
    return this.#offsets === undefined ? inText : this.#offsets[inText];
  }
}

function isPlain(location: AstLocation): boolean {
  return location.expansionLoc === undefined;
}

/** A comma outside of all brackets: the range spans two arguments of a macro. */
function hasOuterComma(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if ("([{".includes(character)) depth++;
    else if (")]}".includes(character)) depth--;
    else if (character === "," && depth === 0) return true;
    if (depth < 0) return true;
  }
  return depth !== 0;
}

function byteOffsets(text: string): Int32Array {
  const offsets = new Int32Array(Buffer.byteLength(text) + 1);
  let byte = 0;
  for (let i = 0; i < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(i) ?? 0);
    offsets.fill(i, byte, byte + Buffer.byteLength(character));
    byte += Buffer.byteLength(character);
    i += character.length;
  }
  offsets[byte] = text.length;
  return offsets;
}

/** Visits a node and all below it in the order of the text; a visitor that gives false leaves a subtree out. */
export function walk(node: AstNode, visit: (node: AstNode) => boolean | undefined): void {
  if (visit(node) === false) return;
  for (const child of children(node)) walk(child, visit);
}

const TRANSPARENT = new Set(["ParenExpr", "ConstantExpr", "ImplicitCastExpr", "CStyleCastExpr"]);

/** The expression without parentheses. */
export function withoutParentheses(node: AstNode): AstNode {
  const inner = children(node)[0];
  return node.kind === "ParenExpr" && inner !== undefined ? withoutParentheses(inner) : node;
}

/** The expression without parentheses and casts. */
export function stripped(node: AstNode): AstNode {
  let at = node;
  for (let next = at.inner?.[at.inner.length - 1]; next && TRANSPARENT.has(at.kind); ) {
    at = next;
    next = at.inner?.[at.inner.length - 1];
  }
  return at;
}

export function children(node: AstNode): readonly AstNode[] {
  return node.inner ?? node.array_filler?.slice(1) ?? [];
}

/** The type with typedefs resolved as far as clang tells. */
export function canonicalType(node: AstNode): string {
  return node.type?.desugaredQualType ?? node.type?.qualType ?? "";
}

export function isPointerType(type: string): boolean {
  return /\*\s*(?:const|volatile|restrict|__restrict|\s)*$/.test(type) || /\(\*[^)]*\)[([]/.test(type);
}
