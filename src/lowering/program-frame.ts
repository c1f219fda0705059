import type { Local } from "../program/tir.ts";
import { sizeOfType } from "../program/type-layout.ts";
import type { Operand } from "./operand.ts";

/**
 * Variables that are numbers, on the stack. There the verifier knows which of several numbers each one is, and follows
 * all ways to have them: of twelve flags that are set under conditions a million. In a map's memory it forgets.
 */
const MOST_NUMBERS_ON_STACK = 3;
/** What fits on the stack beside what the compiler puts there itself. */
const LARGEST_ON_STACK = 200;

/** A place of the frame that values take in turns. */
interface Room {
  readonly c: string;
  readonly words: number;
}

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
  /** Room that statements which have ended do not need any more. */
  readonly #free: Room[] = [];
  readonly #taken: Room[] = [];
  #size = 0;
  #numbers = 0;
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
    return !this.#memory && this.#size <= LARGEST_ON_STACK && this.#numbers <= MOST_NUMBERS_ON_STACK;
  }

  /** Something will be looked for at a place that is known only when it runs. */
  needsMemory(): void {
    this.#memory = true;
  }

  /** Room for a value until release(). */
  slot(size: number): Operand {
    const words = Math.max(1, Math.ceil(size / 8));
    const fitting = this.#free.filter((room) => room.words === words);
    const room = fitting[0] ?? { c: this.#lasting(words), words };
    if (fitting.length > 0) this.#free.splice(this.#free.indexOf(room), 1);
    this.#taken.push(room);
    return { c: room.c, alignment: 8 };
  }

  /** How much room is taken, for release(). */
  get taken(): number {
    return this.#taken.length;
  }

  /** Gives back the room that was taken since then. */
  release(before: number): void {
    this.#free.push(...this.#taken.splice(before));
  }

  #lasting(words: number): string {
    const name = `s${this.#fields.length}`;
    this.#fields.push(`u64 ${name}[${words}];`);
    this.#size += 8 * words;
    return `((u8 *)f->${name})`;
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
        this.#numbers++;
        this.#size += 8;
        place = { c: `f->${name}`, alignment: 8 };
      } else {
        const words = Math.max(1, Math.ceil(sizeOfType(local.type) / 8));
        place = { c: this.#lasting(words), alignment: 8 };
      }
      this.#locals.set(local.id, place);
    }
    return place;
  }

  declaration(): string {
    return `struct frame_${this.index} {\n${this.#fields.join("\n") || "u64 none;"}\n};`;
  }
}
