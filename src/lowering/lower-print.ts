import type { Value } from "../program/tir.ts";
import { sizeOfType } from "../program/type-layout.ts";
import { LowerBytes } from "./lower-bytes.ts";
import { type Operand, scalar } from "./operand.ts";

type Call = Extract<Value, { kind: "call" }>;

/** The kernel's own printfs. */
export abstract class LowerPrints extends LowerBytes {
  protected debugPrint({ arguments: [format, ...values] }: Call): Operand {
    const text = this.value(format as Value);
    const { data, size } = this.#printed(values);
    this.out.line(`bpf_trace_vprintk(${text.c}, ${sizeOfType((format as Value).type)}, ${data}, ${size});`);
    return scalar("0");
  }

  /** Into the file that an iterator is read as: the context's first member leads to it. */
  protected sequencePrint({ arguments: [format, ...values] }: Call): Operand {
    const text = this.value(format as Value);
    const { data, size } = this.#printed(values);
    const file = this.out.number("*(u64 *)*(u64 *)ctx");
    const fields = [
      `(void *)${file}`,
      text.c,
      String(sizeOfType((format as Value).type)),
      data,
      String(size),
    ];
    this.out.line(`bpf_seq_printf(${fields.join(", ")});`);
    return scalar("0");
  }

  /** The values of one of the kernel's printfs: numbers, and the addresses of texts. */
  #printed(values: readonly Value[]): { data: string; size: number } {
    const operands = this.values(values);
    const words = operands.map(({ c }, i) => (this.isNumber((values[i] as Value).type) ? c : `(u64)${c}`));
    const data = this.words(words.length === 0 ? ["0"] : words);
    return { data: data.c, size: 8 * words.length };
  }
}
