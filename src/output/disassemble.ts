/** Names for what an instruction has only numbers of. */
export interface CodeNames {
  /** A helper function of the kernel, by its number. */
  helper(id: number): string | undefined;
  /** A map, by its descriptor. */
  map(fd: number): string | undefined;
}

const INSTRUCTION_BYTES = 8;
const SIZES = ["u32", "u16", "u8", "u64"];
const SIGNED_SIZES = ["s32", "s16", "s8", "s64"];
const OPERATIONS = ["+=", "-=", "*=", "/=", "|=", "&=", "<<=", ">>=", "", "%=", "^=", "=", "s>>="];
const JUMPS = ["", "==", ">", ">=", "&", "!=", "s>", "s>=", "", "", "<", "<=", "s<", "s<="];
const ATOMICS: Readonly<Record<number, string>> = { 0: "+=", 64: "|=", 80: "&=", 160: "^=" };
const FETCHING: Readonly<Record<number, string>> = {
  1: "atomic_fetch_add",
  65: "atomic_fetch_or",
  81: "atomic_fetch_and",
  161: "atomic_fetch_xor",
  225: "xchg",
  241: "cmpxchg",
};

interface Instruction {
  readonly code: number;
  readonly to: string;
  readonly from: string;
  /** The numbers of the two registers; the second tells apart what an immediate means. */
  readonly registers: readonly [to: number, from: number];
  readonly offset: number;
  readonly immediate: number;
}

/** The instructions of a BPF program as text, one a line, in the spelling of the kernel's verifier. */
export function disassemble(code: Uint8Array, names: CodeNames): string {
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  const lines: string[] = [];
  for (let at = 0; at + INSTRUCTION_BYTES <= code.length; at += INSTRUCTION_BYTES) {
    const index = at / INSTRUCTION_BYTES;
    const instruction = readInstruction(view, at);
    const wide = instruction.code === 0x18 && at + 2 * INSTRUCTION_BYTES <= code.length;
    const text = wide
      ? load64(instruction, view.getUint32(at + 12, true), names)
      : spell(instruction, index, names);
    lines.push(`${String(index).padStart(4)}: (${hex(instruction.code)}) ${text}`);
    if (wide) at += INSTRUCTION_BYTES;
  }
  return lines.map((line) => `${line}\n`).join("");
}

function readInstruction(view: DataView, at: number): Instruction {
  const registers = view.getUint8(at + 1);
  const [to, from] = [registers & 0xf, registers >> 4];
  return {
    code: view.getUint8(at),
    to: `r${to}`,
    from: `r${from}`,
    registers: [to, from],
    offset: view.getInt16(at + 2, true),
    immediate: view.getInt32(at + 4, true),
  };
}

function spell(instruction: Instruction, index: number, names: CodeNames): string {
  switch (instruction.code & 7) {
    case 0:
      return packetLoad(instruction);
    case 1:
      return `${instruction.to} = ${place(instruction, instruction.from)}`;
    case 2:
      return `${place(instruction, instruction.to)} = ${instruction.immediate}`;
    case 3:
      return store(instruction);
    case 4:
      return arithmetic(instruction, "w");
    case 7:
      return arithmetic(instruction, "r");
    default:
      return jump(instruction, index, names);
  }
}

function place({ code, offset }: Instruction, base: string): string {
  const size = (code >> 3) & 3;
  const type = code >> 5 === 4 ? SIGNED_SIZES[size] : SIZES[size];
  return `*(${type} *)(${base} ${offset < 0 ? "" : "+"}${offset})`;
}

function packetLoad({ code, from, immediate }: Instruction): string {
  const type = SIZES[(code >> 3) & 3];
  if (code >> 5 === 1) return `r0 = *(${type} *)skb[${immediate}]`;
  return code >> 5 === 2 ? `r0 = *(${type} *)skb[${from} + ${immediate}]` : unknown(code);
}

function store(instruction: Instruction): string {
  const { code, to, from, immediate } = instruction;
  const target = place(instruction, to);
  if (code >> 5 === 3) return `${target} = ${from}`;
  if (code >> 5 !== 6) return unknown(code);
  const simple = ATOMICS[immediate];
  if (simple !== undefined) return `lock ${target} ${simple} ${from}`;
  const fetching = FETCHING[immediate];
  if (fetching === undefined) return unknown(code);
  return immediate === 0xf1
    ? `r0 = ${fetching}(${target}, r0, ${from})`
    : `${from} = ${fetching}(${target}, ${from})`;
}

function load64({ to, registers, immediate }: Instruction, high: number, names: CodeNames): string {
  const low = immediate >>> 0;
  switch (registers[1]) {
    case 0:
      return `${to} = 0x${((BigInt(high) << 32n) | BigInt(low)).toString(16)}`;
    case 1:
      return `${to} = map[${names.map(low) ?? low}]`;
    case 2:
      return `${to} = &map[${names.map(low) ?? low}]+${high}`;
    default:
      return `${to} = (kind ${registers[1]}) 0x${low.toString(16)}`;
  }
}

function arithmetic({ code, registers, immediate, offset }: Instruction, letter: "r" | "w"): string {
  const to = `${letter}${registers[0]}`;
  const operation = code >> 4;
  const from = code & 8 ? `${letter}${registers[1]}` : String(immediate);
  if (operation === 8) return `${to} = -${to}`;
  if (operation === 13) {
    const order = letter === "r" ? "bswap" : code & 8 ? "be" : "le";
    return `r${registers[0]} = ${order}${immediate} r${registers[0]}`;
  }
  if (operation === 11 && offset !== 0) return `${to} = (s${offset})${from}`;
  const sign = offset === 1 && (operation === 3 || operation === 9) ? "s" : "";
  const symbol = OPERATIONS[operation];
  return symbol === undefined || symbol === "" ? unknown(code) : `${to} ${sign}${symbol} ${from}`;
}

function jump({ code, registers, offset, immediate }: Instruction, index: number, names: CodeNames): string {
  const operation = code >> 4;
  const wide = (code & 7) === 5;
  if (operation === 0) return `goto ${index + 1 + (wide ? offset : immediate)}`;
  if (operation === 8) return call(registers[1], immediate, index, names);
  if (operation === 9) return "exit";
  const letter = wide ? "r" : "w";
  const from = code & 8 ? `${letter}${registers[1]}` : String(immediate);
  const symbol = JUMPS[operation];
  if (symbol === undefined || symbol === "") return unknown(code);
  return `if ${letter}${registers[0]} ${symbol} ${from} goto ${index + 1 + offset}`;
}

function call(kind: number, immediate: number, index: number, names: CodeNames): string {
  if (kind === 1) return `call ${index + 1 + immediate}`;
  if (kind === 2) return `call kernel function ${immediate}`;
  return `call ${names.helper(immediate) ?? "helper"}#${immediate}`;
}

function unknown(code: number): string {
  return `(unknown ${hex(code)})`;
}

function hex(code: number): string {
  return code.toString(16).padStart(2, "0");
}
