import type { Architecture } from "../../facts/kernel-facts.ts";

/** Where struct pt_regs keeps a register, in bytes. */
interface Registers {
  readonly names: Readonly<Record<string, number>>;
  /** Of the first arguments of a function. */
  readonly arguments: readonly string[];
  readonly result: string;
  readonly stack: string;
  readonly programCounter: string;
  /** Bytes on the stack before the first argument that lies there, at a function's entry. */
  readonly stackArguments: number;
}

function inOrder(names: string): Record<string, number> {
  return Object.fromEntries(names.split(" ").map((name, i) => [name, 8 * i]));
}

const X86 = inOrder("r15 r14 r13 r12 bp bx r11 r10 r9 r8 ax cx dx si di orig_ax ip cs flags sp ss");
const ARM = inOrder(`${Array.from({ length: 31 }, (_, i) => `r${i}`).join(" ")} sp pc pstate`);

export const REGISTERS: Readonly<Record<Architecture, Registers>> = {
  x86_64: {
    names: X86,
    arguments: ["di", "si", "dx", "cx", "r8", "r9"],
    result: "ax",
    stack: "sp",
    programCounter: "ip",
    stackArguments: 8,
  },
  aarch64: {
    names: ARM,
    arguments: ["r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7"],
    result: "r0",
    stack: "sp",
    programCounter: "pc",
    stackArguments: 0,
  },
};
