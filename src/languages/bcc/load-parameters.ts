import type { Architecture, KernelFacts } from "../../facts/kernel-facts.ts";
import { syscallFunction } from "../../facts/syscall-names.ts";
import { type AstNode, canonicalType, isPointerType, walk } from "./syntax-tree.ts";
import { tracedFunction } from "./traced-function.ts";
import type { TranslationUnit, UserFunction } from "./translation-unit.ts";

/** Where the calling convention of functions and of system calls keeps the arguments. */
const REGISTERS: Readonly<Record<Architecture, { call: readonly string[]; syscall: readonly string[] }>> = {
  x86_64: { call: ["di", "si", "dx", "cx", "r8", "r9"], syscall: ["di", "si", "dx", "r10", "r8", "r9"] },
  aarch64: {
    call: [0, 1, 2, 3, 4, 5].map((n) => `regs[${n}]`),
    syscall: ["orig_x0", ...[1, 2, 3, 4, 5].map((n) => `regs[${n}]`)],
  },
};

/**
 * A probe may name the traced function's arguments after its context. In the kernel there is only the
 * context, so the parameters become local variables that are loaded from its registers.
 */
export function loadParameters(unit: TranslationUnit): void {
  for (const program of unit.programs) {
    const [context, ...rest] = program.parameters;
    if (context === undefined || rest.length === 0) continue;
    const type = canonicalType(context);
    if (type === "unsigned long long *") {
      if (checkNames(unit, rest) && checkCount(unit, program)) loadFromArray(unit, program, context, rest);
      continue;
    }
    if (type !== "struct pt_regs *") {
      const message = `only a program whose context is struct pt_regs * can name arguments after it`;
      const hint = type === "void *" ? "Write struct pt_regs *ctx." : undefined;
      unit.report("error", "PARAMETERS", message, rest[0] ?? context, hint);
      continue;
    }
    if (checkParameters(unit, program.parameters)) moveParameters(unit, program, context, rest);
  }
}

function checkParameters(unit: TranslationUnit, parameters: readonly AstNode[]): boolean {
  const seventh = parameters[7];
  if (seventh !== undefined) {
    const hint = "Read the seventh and later arguments from the stack, through PT_REGS_SP(ctx).";
    unit.report("error", "PARAMETERS", "only six arguments are passed in registers", seventh, hint);
    return false;
  }
  return checkNames(unit, parameters);
}

function checkNames(unit: TranslationUnit, parameters: readonly AstNode[]): boolean {
  const unnamed = parameters.find((parameter) => parameter.name === undefined);
  if (unnamed !== undefined) {
    unit.report("error", "PARAMETERS", "a program's arguments must have names", unnamed);
    return false;
  }
  return true;
}

function moveParameters(
  unit: TranslationUnit,
  program: UserFunction,
  context: AstNode,
  rest: readonly AstNode[],
): void {
  const contextSpan = unit.editable(context);
  const last = rest.at(-1);
  const lastSpan = last && unit.editable(last);
  const body = unit.editable(program.body);
  if (contextSpan === undefined || lastSpan === undefined || body === undefined) return;
  const { text } = unit.source;
  const registers = REGISTERS[unit.facts.architecture];
  const ofSyscall = isSyscallProgram(program.name, unit.facts);
  const wrapped = ofSyscall && unit.facts.config("CONFIG_ARCH_HAS_SYSCALL_WRAPPER") === "y";
  const contextName = context.name ?? "ctx";
  const lines: string[] = [];
  // A system call's own registers stand behind the first argument of its wrapper.
  if (wrapped) lines.push(`struct pt_regs *bcc_ts_regs = (void *)${contextName}->${registers.call[0]};`);
  rest.forEach((parameter, i) => {
    const span = unit.editable(parameter);
    if (span === undefined) return;
    const register = (ofSyscall ? registers.syscall : registers.call)[i];
    const place = wrapped ? `bcc_ts_read(bcc_ts_regs->${register})` : `${contextName}->${register}`;
    const declaration = text.slice(span.start, span.end).replace(/\s+/g, " ");
    lines.push(`${declaration} = ${converted(parameter, place)}; (void)${parameter.name};`);
  });
  unit.edits.replace(contextSpan.end, lastSpan.end, "");
  unit.edits.insert(body.start + 1, ` ${lines.join(" ")}`);
}

/** A program of a trampoline gets the traced function's arguments as an array, and after them its result. */
function loadFromArray(
  unit: TranslationUnit,
  program: UserFunction,
  context: AstNode,
  rest: readonly AstNode[],
): void {
  const body = unit.editable(program.body);
  const spans = rest.map((parameter) => unit.editable(parameter));
  const last = spans.at(-1);
  if (body === undefined || last === undefined) return;
  const name = context.name ?? "ctx";
  const lines = rest.map((parameter, i) => {
    const { start, end } = spans[i] ?? last;
    const declaration = unit.source.text.slice(start, end).replace(/\s+/g, " ");
    // A whole word: the verifier keeps the range of a result that a hook is to return again.
    const whole = canonicalType(parameter) === "int";
    const value = whole ? `${name}[${i}]` : converted(parameter, `${name}[${i}]`);
    return `${declaration} = ${value}; (void)${parameter.name};`;
  });
  // The macro that begins a probe leaves the arguments out when it is compiled.
  const place = unit.places.of(context);
  if (place.kind === "user") unit.edits.replace(place.end, last.end, "");
  unit.edits.insert(body.start + 1, ` ${lines.join(" ")}`);
}

/**
 * More arguments than the function has would be refused by the kernel, which says it less well. One that is never
 * used is not read: programs declare a result of functions that give none.
 */
function checkCount(unit: TranslationUnit, program: UserFunction): boolean {
  const traced = tracedFunction(program.name, unit.facts);
  if (traced === undefined) return true;
  const most = traced.parameters.length + (traced.hasResult ? 1 : 0);
  const extra = program.parameters.slice(most + 1).find((parameter) => isUsed(parameter, program));
  if (extra === undefined) return true;
  const result = traced.hasResult ? " and a result" : "";
  const plural = traced.parameters.length === 1 ? "" : "s";
  const message = `${traced.name} has ${traced.parameters.length} argument${plural}${result}`;
  unit.report("error", "PARAMETERS", message, extra);
  return false;
}

function isUsed(parameter: AstNode, program: UserFunction): boolean {
  let used = false;
  walk(program.body, (node) => {
    used ||= node.kind === "DeclRefExpr" && node.referencedDecl?.id === parameter.id;
    return !used;
  });
  return used;
}

function isSyscallProgram(name: string, facts: KernelFacts): boolean {
  if (name.startsWith("syscall__")) return true;
  return name.startsWith("kprobe__") && syscallFunction(name.slice("kprobe__".length), facts) !== undefined;
}

/** A register is an unsigned long; the low bits of it are the value of a narrower argument. */
function converted(parameter: AstNode, place: string): string {
  const type = canonicalType(parameter);
  if (isPointerType(type)) return `(void *)${place}`;
  if (type === "_Bool" || type === "bool") return `(unsigned char)${place}`;
  const most = SHORT[type];
  if (most !== undefined) return `bcc_ts_low(${type}, ${most}, ${place})`;
  return /^(?:unsigned )?int$|^enum /.test(type) ? `bcc_ts_low32(${place})` : place;
}

/** Unsigned types with fewer than 32 bits, and their largest values. */
const SHORT: Readonly<Record<string, number>> = { "unsigned short": 0xffff, "unsigned char": 0xff };
