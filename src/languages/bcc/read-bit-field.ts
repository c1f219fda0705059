import type { Btf } from "../../btf/btf.ts";
import { memberAtPath, type PlacedMember } from "../../btf/layout.ts";
import type { Span } from "../../source/source-text.ts";
import { type AstNode, canonicalType, children, withoutParentheses } from "./syntax-tree.ts";
import type { TranslationUnit } from "./translation-unit.ts";

/** The struct that a bit-field is in: the nearest one that has an address of its own. */
interface Holder {
  /** A pointer to it (`p` of `p->a.b`), or the struct itself. */
  readonly node: AstNode;
  readonly isPointer: boolean;
  /** From it to the bit-field, as C writes it. */
  readonly path: string;
}

/**
 * Reads a bit-field of kernel memory, which has no address to read from: the bytes that it is in, shifted, where
 * BTF knows its place; or the whole struct where the struct is the program's own.
 */
export function readBitField(unit: TranslationUnit, place: AstNode): void {
  const read = withoutParentheses(place);
  const holder = holderOf(read);
  const whole = unit.editable(read);
  const base = unit.editable(holder.node);
  if (whole === undefined || base === undefined) return;
  const member = placeInKernel(unit, holder);
  if (member === undefined) {
    const [before, after] = holder.isPointer ? ["bcc_ts_read(*(", "))."] : ["bcc_ts_read(", ")."];
    replaceAround(unit, whole, base, before, `${after}${holder.path}`);
    return;
  }
  const start = member.bitOffset % 8;
  const bytes = Math.ceil((start + member.bitSize) / 8);
  const sign = isSigned(unit.facts.btf, member.type) ? "s64" : "u64";
  const numbers = [member.bitOffset >> 3, bytes, 64 - start - member.bitSize, 64 - member.bitSize].join(", ");
  const address = holder.isPointer ? "(" : "&(";
  const opening = `bcc_ts_read_bits(${place.type?.qualType}, ${sign}, ${address}`;
  replaceAround(unit, whole, base, opening, `), ${numbers})`);
}

/** Replaces what stands before and after a part of an expression; other passes may change the part. */
function replaceAround(unit: TranslationUnit, whole: Span, part: Span, before: string, after: string): void {
  unit.edits.wrap(whole.start, whole.end, before, "");
  if (part.start > whole.start) unit.edits.replace(whole.start, part.start, "");
  unit.edits.replace(part.end, whole.end, after);
}

function holderOf(place: AstNode): Holder {
  const names: string[] = [];
  let at = place;
  for (;;) {
    const member = withoutParentheses(at);
    const base = children(member)[0];
    if (member.kind !== "MemberExpr" || base === undefined) {
      return { node: at, isPointer: false, path: names.join(".") };
    }
    if (member.name !== undefined && member.name !== "") names.unshift(member.name);
    if (member.isArrow) return { node: base, isPointer: true, path: names.join(".") };
    at = base;
  }
}

/** Undefined for a struct that BTF does not describe, or not as the program does, and for one of nine bytes. */
function placeInKernel(unit: TranslationUnit, holder: Holder): PlacedMember | undefined {
  const type = canonicalType(holder.node).replace(/\b(?:const|volatile|restrict)\b/g, "");
  const [, kind, tag] = /^\s*(struct|union)\s+(\w+)[\s*]*$/.exec(type) ?? [];
  const record = tag === undefined ? undefined : unit.record(tag);
  if (tag === undefined || record === undefined || unit.places.startOf(record) !== undefined)
    return undefined;
  const { btf } = unit.facts;
  const id = btf.find([kind as "struct" | "union"], tag);
  const member = id === undefined ? undefined : memberAtPath(btf, id, holder.path);
  return member !== undefined && (member.bitOffset % 8) + member.bitSize <= 64 ? member : undefined;
}

function isSigned(btf: Btf, id: number): boolean {
  const type = btf.type(btf.resolve(id));
  return (type.kind === "int" && type.encoding === "signed") || (type.kind === "enum" && type.signed);
}
