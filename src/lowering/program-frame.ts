import type { Local } from "../program/tir.ts";
import { sizeOfType } from "../program/type-layout.ts";
import type { Operand } from "./operand.ts";

/** What fits on the stack beside what the compiler puts there itself. */
const LARGEST_ON_STACK = 200;

/** The memory of one program: its variables, and room for values that are no numbers. */
export class ProgramFrame {
  readonly index: number;
  /** Each argument takes eight bytes of the context, whatever its type. */
  readonly wideContext: boolean;
  /** The verifier knows the types of the context's pointers. */
  readonly typedPointers: boolean;
  /** Pointers of the context are null when an iterator has come to its end. */
  readonly nullableContext: boolean;
  readonly #fields: string[] = [];
  readonly #locals = new Map<number, Operand>();
  #size = 0;
  #memory = false;

  constructor(index: number, section: string) {
    this.index = index;
    this.wideContext = /^(?:raw_tp|fentry|fexit)/.test(section);
    this.typedPointers = /^(?:fentry|fexit|iter)/.test(section);
    this.nullableContext = section.startsWith("iter/");
  }

  get size(): number {
    return Math.max(8, this.#size);
  }

  get onStack(): boolean {
    return !this.#memory && this.#size <= LARGEST_ON_STACK;
  }

  /** Something will be looked for at a place that is known only when it runs. */
  needsMemory(): void {
    this.#memory = true;
  }

  slot(size: number): Operand {
    const words = Math.max(1, Math.ceil(size / 8));
    const name = `s${this.#fields.length}`;
    this.#fields.push(`u64 ${name}[${words}];`);
    this.#size += 8 * words;
    return { c: `((u8 *)f->${name})`, alignment: 8 };
  }

  /** The place of a variable: for numbers the variable itself. */
  local(local: Local, addressed = false): Operand {
    if (addressed) this.#memory = true;
    let place = this.#locals.get(local.id);
    if (place === undefined) {
      const number = ["integer", "boolean", "pointer", "none"].includes(local.type.kind);
      if (number) {
        const name = `v${this.#fields.length}`;
        this.#fields.push(`u64 ${name};`);
        this.#size += 8;
        place = { c: `f->${name}`, alignment: 8 };
      } else place = this.slot(sizeOfType(local.type));
      this.#locals.set(local.id, place);
    }
    return place;
  }

  declaration(): string {
    return `struct frame_${this.index} {\n${this.#fields.join("\n") || "u64 none;"}\n};`;
  }
}
