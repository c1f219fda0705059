import type { UsdtArgument, UsdtPlace } from "./usdt.ts";

/** What else an operand may name. */
export interface UsdtContext {
  readonly machine: "x86_64" | "aarch64";
  /** The address of the probe's instruction. */
  readonly address: number;
  /** The address of a variable or function of the file. */
  readonly symbol: (name: string) => number | undefined;
}

/** "-4@%eax", "8@-16(%rbp,%rcx,4)", "4@[sp, 12]": a size with its sign, and an operand of the assembler. */
const ARGUMENT = /^(?:(-?)([1248])f?@)?(.+)$/;
const MOST_ARGUMENTS = 12;

/** Reads the arguments of a probe. What cannot be read becomes a place of the kind "unknown". */
export function parseUsdtArguments(text: string, context: UsdtContext): UsdtArgument[] {
  return words(text).map((word): UsdtArgument => {
    const [, sign, size, operand = word] = ARGUMENT.exec(word) ?? [];
    const place = context.machine === "x86_64" ? parseX86(operand, context) : parseArm(operand, context);
    const bytes = size === undefined ? 8 : (Number(size) as UsdtArgument["size"]);
    return { size: bytes, signed: sign === "-", place };
  });
}

/** The arguments stand between spaces; one in brackets may have spaces in it. */
function words(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = -1;
  for (let i = 0; i <= text.length && found.length < MOST_ARGUMENTS; i++) {
    const character = text[i] ?? " ";
    if (character === "(" || character === "[") depth++;
    else if (character === ")" || character === "]") depth--;
    const ends = i === text.length || (depth <= 0 && /\s/.test(character));
    if (ends && start >= 0) {
      found.push(text.slice(start, i));
      start = -1;
    } else if (!ends && start < 0) {
      start = i;
    }
  }
  return found;
}

const NUMBER = "[-+]?(?:0x[0-9a-fA-F]{1,16}|[0-9]{1,20})";
const X86_MEMORY = new RegExp(
  `^(${NUMBER})?(?:([A-Za-z_.$][\\w.$@]*)([-+][0-9]+)?)?\\((%\\w+)?(?:,\\s*(%\\w+)(?:,\\s*([1248]))?)?\\)$`,
);

function parseX86(operand: string, context: UsdtContext): UsdtPlace {
  const unknown: UsdtPlace = { kind: "unknown", text: operand };
  if (operand.startsWith("$")) return constant(operand.slice(1)) ?? unknown;
  const register = x86Register(operand);
  if (register !== undefined) return { kind: "register", ...register };
  const [match, number, symbol, plus, baseName, indexName, scale = "1"] = X86_MEMORY.exec(operand) ?? [];
  if (match === undefined) return unknown;
  const base = baseName === undefined ? undefined : x86Register(baseName)?.register;
  const index = indexName === undefined ? undefined : x86Register(indexName)?.register;
  if (
    (base === undefined) !== (baseName === undefined) ||
    (index === undefined) !== (indexName === undefined)
  ) {
    return unknown;
  }
  const offset = exact(number) + exact(plus);
  if (symbol === undefined) {
    return base === "ip" ? unknown : { kind: "memory", base, index, scale: Number(scale), offset };
  }
  // Relative to the instruction pointer; how far the file was moved does not matter then.
  const target = base === "ip" ? context.symbol(symbol) : undefined;
  if (target === undefined) return unknown;
  return { kind: "memory", base: "ip", scale: 1, offset: target + offset - context.address };
}

const X86_WORDS = ["ax", "bx", "cx", "dx", "si", "di", "bp", "sp", "ip"];

/** "%rax", "%eax", "%ax", "%al", "%ah", "%r8d": the member of struct pt_regs, and the first bit. */
function x86Register(name: string): { register: string; shift: number } | undefined {
  const bare = /^%(\w{2,4})$/.exec(name)?.[1];
  if (bare === undefined) return undefined;
  const numbered = /^(r(?:8|9|1[0-5]))[dwb]?$/.exec(bare)?.[1];
  if (numbered !== undefined) return { register: numbered, shift: 0 };
  const half = /^([abcd])([lh])$/.exec(bare);
  if (half !== null) return { register: `${half[1]}x`, shift: half[2] === "h" ? 8 : 0 };
  const word = bare.replace(/^[re]/, "").replace(/^(si|di|bp|sp)l$/, "$1");
  return X86_WORDS.includes(word) ? { register: word, shift: 0 } : undefined;
}

const ARM_MEMORY = new RegExp(
  `^\\[(sp|[xw]\\d{1,2})(?:,\\s*#?(${NUMBER})|,\\s*([xw]\\d{1,2})(?:,\\s*(?:lsl|sxtw|uxtw)\\s*#?([0-3]))?)?\\]$`,
);

function parseArm(operand: string, { symbol, address }: UsdtContext): UsdtPlace {
  const number = constant(operand.replace(/^#/, ""));
  if (number !== undefined) return number;
  const register = armRegister(operand);
  if (register !== undefined) return { kind: "register", register, shift: 0 };
  const [match, baseName = "", offset, indexName, shift = "0"] = ARM_MEMORY.exec(operand) ?? [];
  const base = armRegister(baseName);
  const index = indexName === undefined ? undefined : armRegister(indexName);
  if (match !== undefined && base !== undefined && (index === undefined) === (indexName === undefined)) {
    return { kind: "memory", base, index, scale: 1 << Number(shift), offset: exact(offset) };
  }
  const target = /^[A-Za-z_.$][\w.$]*$/.test(operand) ? symbol(operand) : undefined;
  if (target !== undefined) return { kind: "memory", base: "ip", scale: 1, offset: target - address };
  return { kind: "unknown", text: operand };
}

function armRegister(name: string): string | undefined {
  if (name === "sp") return "sp";
  const number = /^[xw](\d{1,2})$/.exec(name)?.[1];
  return number === undefined || Number(number) > 30 ? undefined : `regs[${Number(number)}]`;
}

function constant(text: string): UsdtPlace | undefined {
  if (!new RegExp(`^${NUMBER}$`).test(text)) return undefined;
  const value = BigInt(text.replace(/^[-+]/, ""));
  return { kind: "constant", value: String(BigInt.asIntN(64, text.startsWith("-") ? -value : value)) };
}

/** Displacements have 32 bits, so they are exact. */
function exact(text: string | undefined): number {
  if (text === undefined) return 0;
  const value = Number(text.replace(/^[-+]/, ""));
  return text.startsWith("-") ? -value : value;
}
