import { usdtName } from "../../program/usdt.ts";
import { type AstNode, children, stripped } from "./syntax-tree.ts";
import { calleeName, type TranslationUnit, type UserFunction } from "./translation-unit.ts";
import {
  argumentCount,
  type UsdtPrograms,
  unreadable,
  usdtBufferReader,
  usdtReader,
} from "./usdt-readers.ts";

const READERS: ReadonlyMap<string, typeof usdtReader> = new Map([
  ["bpf_usdt_readarg", usdtReader],
  ["bpf_usdt_readarg_p", usdtBufferReader],
]);

/** `bpf_usdt_readarg(1, ctx, &x)` becomes a call of what reads this argument in this program. */
export function rewriteUsdt(unit: TranslationUnit, programs: UsdtPrograms): void {
  unit.visitBodies((node, owner) => {
    const nameOf = node.kind === "CallExpr" ? READERS.get(calleeName(node) ?? "") : undefined;
    if (nameOf !== undefined) rewriteCall(unit, programs, node, owner, nameOf);
    return true;
  });
}

function rewriteCall(
  unit: TranslationUnit,
  programs: UsdtPrograms,
  call: AstNode,
  owner: UserFunction,
  nameOf: typeof usdtReader,
): void {
  const [, number, context, target] = children(call);
  if (number === undefined || context === undefined || target === undefined) return;
  const index = checkedIndex(unit, programs, number, owner);
  const [from, at, to] = [unit.editable(call), unit.editable(context), unit.editable(target)];
  if (index === undefined || from === undefined || at === undefined || to === undefined) return;
  unit.edits.replace(from.start, at.start, `${nameOf(owner.name, index)}(`);
  if (nameOf !== usdtReader) return;
  const text = unit.source.text.slice(to.start, to.end);
  unit.edits.insert(to.end, `, sizeof(*(${text}))`);
}

function checkedIndex(
  unit: TranslationUnit,
  programs: UsdtPrograms,
  number: AstNode,
  owner: UserFunction,
): number | undefined {
  const refuse = (message: string, hint?: string) => {
    unit.report("error", "USDT_ARGUMENT", message, number, hint);
    return undefined;
  };
  const probe = programs.get(owner.name);
  if (probe === undefined) {
    const hint = owner.isStatic
      ? "Call it in the program itself, and give the value to the helper function."
      : "Say which probe: const usdt = new USDT({ path }); usdt.enableProbe({ probe, fnName }); load(text, { usdtContexts: [usdt] }).";
    return refuse(`${owner.name} is enabled for no USDT probe, so its arguments are not known`, hint);
  }
  const index = literalValue(number);
  if (index === undefined) return refuse("the number of the argument must be a literal: 1 is the first");
  const count = argumentCount(probe);
  if (index < 1 || index > count) {
    return refuse(`${usdtName(probe)} has ${count} argument${count === 1 ? "" : "s"}, counted from 1`);
  }
  const operand = unreadable(probe, index);
  return operand === undefined ? index : refuse(`the argument lies where no program can read: ${operand}`);
}

function literalValue(node: AstNode): number | undefined {
  const literal = stripped(node);
  return literal.kind === "IntegerLiteral" && literal.value !== undefined ? Number(literal.value) : undefined;
}
