import type { Value } from "../program/tir.ts";
import { sizeOfType } from "../program/type-layout.ts";
import type { AddressSpace } from "../program/types.ts";
import { placeAt } from "./c-writer.ts";
import { LowerTexts } from "./lower-text.ts";
import { type Operand, scalar } from "./operand.ts";

type Call = Extract<Value, { kind: "call" }>;

/** Bytes of memory: taken, compared, turned about and written. */
export abstract class LowerBytes extends LowerTexts {
  /** A value of several words. */
  protected words(words: readonly string[]): Operand {
    const slot = this.slot(8 * words.length, false);
    for (const [i, word] of words.entries()) this.out.line(`*(u64 *)${placeAt(slot, 8 * i).c} = ${word};`);
    return slot;
  }

  protected string({ arguments: [address, length], type, span }: Call): Operand {
    const from = address as Value;
    const space: AddressSpace = from.type.kind === "pointer" ? from.type.space : "any";
    const size = sizeOfType(type);
    const at = this.number(from);
    if (length === undefined) {
      const slot = this.slot(size, false);
      this.readText(slot, size, `(void *)${at}`, space, span);
      return slot;
    }
    const slot = this.slot(size);
    const most = this.out.number(this.number(length));
    this.#atMost(most, size, () => this.readText(slot, most, `(void *)${at}`, space, span));
    return slot;
  }

  protected buffer({ arguments: [source, length], type, span }: Call): Operand {
    const from = source as Value;
    const most = sizeOfType(type) - 4;
    const inMemory = !this.isNumber(from.type) && from.kind !== "read";
    const address =
      from.kind === "read" && !this.isNumber(from.type)
        ? `${this.number(from.address)} + ${from.offset}`
        : this.value(from).c;
    const slot = this.slot(sizeOfType(type));
    const size = this.out.number(this.number(length as Value));
    const space = inMemory
      ? "kernel"
      : from.kind === "read"
        ? from.space
        : from.type.kind === "pointer"
          ? from.type.space
          : "any";
    const read =
      space === "user" ? "bpf_probe_read_user" : space === "any" ? "bpf_probe_read" : "bpf_probe_read_kernel";
    this.#atMost(size, most, () => {
      this.out.line(`*(u32 *)${slot.c} = ${size};`);
      this.readMemory(read, `${slot.c} + 4, ${size}, (void *)(${address})`, span);
    });
    return slot;
  }

  /** A length that was worked out, so that the verifier sees its limit where it is used. */
  #atMost(length: string, most: number, use: () => void): void {
    this.out.line(`if (${length} > ${most}) ${length} = ${most};`);
    this.out.line(`barrier_var(${length});`);
    this.out.line(`if (${length} <= ${most}) {`);
    use();
    this.out.line("}");
  }

  /** The family, then the address in the order of the network. */
  protected inet({ arguments: [address] }: Call): Operand {
    const from = address as Value;
    const slot = this.slot(24);
    const value = this.value(from);
    const size = this.isNumber(from.type) ? 4 : sizeOfType(from.type);
    this.out.line(`*(u32 *)${slot.c} = ${size === 16 ? 6 : 4};`);
    const place = placeAt(slot, 4);
    if (this.isNumber(from.type)) this.out.line(`*(u32 *)${place.c} = ${value.c};`);
    else this.out.copy(place, value, Math.min(16, size));
    return slot;
  }

  /** In eight bytes. */
  protected mac({ arguments: [address] }: Call): Operand {
    const slot = this.slot(8);
    if (address !== undefined) this.out.copy(slot, this.value(address), 6);
    return slot;
  }

  protected swapBytes({ arguments: [number], type }: Call): Operand {
    const bits = 8 * sizeOfType(type);
    const value = this.number(number as Value);
    return scalar(bits === 8 ? value : this.out.number(`__builtin_bswap${bits}((u${bits})${value})`));
  }

  protected compareMemory({ arguments: [left, right, count] }: Call): Operand {
    const [x, y] = this.pair(left as Value, right as Value);
    const [a, b] = [this.stored((left as Value).type, x), this.stored((right as Value).type, y)];
    const size = count?.kind === "constant" ? Number(count.value) : 0;
    if (size > 32) this.frame.needsMemory();
    return scalar(this.out.number(`bt_compare_bytes(${a.c}, ${b.c}, ${size})`));
  }

  protected writeUser({ arguments: [to, from, length] }: Call): Operand {
    const source = from as Value;
    const place = this.inMemory(source);
    const inBuffer = source.type.kind === "buffer";
    const most = sizeOfType(source.type) - (inBuffer ? 4 : 0);
    const size = this.out.number(this.number(length as Value));
    const at = this.number(to as Value);
    const result = this.out.number("-22");
    this.out.line(`barrier_var(${size});`);
    this.out.line(`if (${size} > 0 && ${size} <= ${most}) {`);
    this.out.line(
      `${result} = bpf_probe_write_user((void *)${at}, ${place.c}${inBuffer ? " + 4" : ""}, ${size});`,
    );
    this.out.line("}");
    return scalar(result);
  }
}
