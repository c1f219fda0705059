import { type AstNode, canonicalType, children, withoutParentheses } from "./syntax-tree.ts";
import type { TranslationUnit } from "./translation-unit.ts";

/** A member of a header in a packet: bits counted as they are sent. */
export interface PacketMember {
  /** The pointer, which is an offset in the packet. */
  readonly base: AstNode;
  /** Bytes from there. */
  readonly byte: number;
  readonly bit: number;
  readonly bits: number;
}

/** Bits of the members that a header can have beside bit-fields. */
const BITS: Readonly<Record<string, number>> = {
  "unsigned char": 8,
  char: 8,
  "signed char": 8,
  "unsigned short": 16,
  short: 16,
  "unsigned int": 32,
  int: 32,
  "unsigned long": 64,
  "unsigned long long": 64,
};

/** `p->member` of a struct that is marked BPF_PACKET_HEADER; undefined for anything else. */
export function asPacketMember(unit: TranslationUnit, node: AstNode): PacketMember | undefined {
  const member = withoutParentheses(node);
  const base = children(member)[0];
  if (member.kind !== "MemberExpr" || !member.isArrow || base === undefined) return undefined;
  const tag = /^(?:const )?struct (\w+) \*/.exec(canonicalType(base))?.[1];
  const record = tag === undefined ? undefined : unit.record(tag);
  if (record === undefined || !children(record).some(({ kind }) => kind === "AnnotateAttr")) return undefined;
  let at = 0;
  for (const field of children(record)) {
    if (field.kind !== "FieldDecl") continue;
    const bits = bitsOf(field);
    if (bits === undefined) return undefined;
    if (field.id === member.referencedMemberDecl) return { base, byte: at >> 3, bit: at % 8, bits };
    at += bits;
  }
  return undefined;
}

function bitsOf(field: AstNode): number | undefined {
  if (!field.isBitfield) return BITS[canonicalType(field)];
  const width = children(field)[0]?.value;
  return width === undefined ? undefined : Number(width);
}
