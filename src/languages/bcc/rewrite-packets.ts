import { asPacketMember, type PacketMember } from "./packet-headers.ts";
import { type AstNode, children, withoutParentheses } from "./syntax-tree.ts";
import { calleeName, type TranslationUnit, type UserFunction } from "./translation-unit.ts";

/**
 * Members of headers in packets are read and written in the packet of the function's first parameter, and the
 * checksum functions get that packet.
 */
export function rewritePackets(unit: TranslationUnit): void {
  unit.visitBodies((node, owner) => {
    const place = children(node)[0];
    if (node.kind === "UnaryExprOrTypeTraitExpr") return false;
    if (place === undefined) return true;
    if (node.kind === "CallExpr") {
      if (/^incr_cksum_l[34]$/.test(calleeName(node) ?? "")) passPacket(unit, node, place, owner);
    } else if (node.castKind === "LValueToRValue") {
      const member = asPacketMember(unit, place);
      if (member !== undefined)
        rewriteRead(unit, withoutParentheses(place), member, packetOf(unit, node, owner));
    } else if (isWrite(node)) {
      const member = asPacketMember(unit, place);
      if (member !== undefined) rewriteWrite(unit, node, member, packetOf(unit, node, owner));
    }
    return true;
  });
}

function isWrite({ kind, opcode }: AstNode): boolean {
  if (kind === "UnaryOperator") return opcode === "++" || opcode === "--";
  return kind === "CompoundAssignOperator" || (kind === "BinaryOperator" && opcode === "=");
}

/** The name of the parameter that is the packet. */
function packetOf(unit: TranslationUnit, node: AstNode, owner: UserFunction): string {
  const name = owner.parameters[0]?.name;
  if (name !== undefined) return name;
  unit.report(
    "error",
    "PACKET",
    `${owner.name} has no parameter that is the packet`,
    node,
    "Pass it the skb first.",
  );
  return "0";
}

function rewriteRead(unit: TranslationUnit, place: AstNode, member: PacketMember, packet: string): void {
  const whole = unit.editable(place);
  const base = unit.editable(member.base);
  if (whole === undefined || base === undefined) return;
  const opening = `((${place.type?.qualType})bcc_ts_packet_get(${packet}, (u64)(`;
  unit.edits.wrap(whole.start, whole.end, opening, "");
  if (base.start > whole.start) unit.edits.replace(whole.start, base.start, "");
  unit.edits.replace(base.end, whole.end, `) + ${member.byte}, ${member.bit}, ${member.bits}))`);
}

function rewriteWrite(unit: TranslationUnit, node: AstNode, member: PacketMember, packet: string): void {
  const whole = unit.editable(node);
  const base = unit.editable(member.base);
  const right = children(node)[1];
  const value = right && unit.editable(right);
  if (whole === undefined || base === undefined || (right !== undefined && value === undefined)) return;
  const where = `${packet}, (u64)(${unit.source.text.slice(base.start, base.end)}) + ${member.byte}`;
  const bits = `${member.bit}, ${member.bits}`;
  const old = `bcc_ts_packet_get(${where}, ${bits})`;
  const set = `bcc_ts_packet_set(${where}, ${bits}, `;
  if (value === undefined) {
    // The value of the expression is the old one where the operator stands behind.
    const sign = node.opcode === "++" ? "+" : "-";
    const undo = node.isPostfix ? ` ${sign === "+" ? "-" : "+"} 1` : "";
    unit.edits.replace(whole.start, whole.end, `(${set}${old} ${sign} 1)${undo})`);
    return;
  }
  const operator = node.opcode === "=" ? "" : `${old} ${node.opcode?.slice(0, -1)} `;
  unit.edits.wrap(whole.start, whole.end, set, ")");
  unit.edits.replace(whole.start, value.start, `${operator}(`);
  unit.edits.wrap(value.start, value.end, "", ")");
}

function passPacket(unit: TranslationUnit, call: AstNode, callee: AstNode, owner: UserFunction): void {
  const name = unit.editable(callee);
  const first = children(call)[1];
  const at = first && unit.editable(first);
  if (name === undefined || at === undefined) return;
  const packet = packetOf(unit, call, owner);
  unit.edits.replace(name.start, at.start, `bcc_ts_${calleeName(call)}(${packet}, `);
  for (const argument of children(call).slice(1)) {
    const span = unit.editable(argument);
    if (span !== undefined) unit.edits.wrap(span.start, span.end, "(", ")");
  }
}
