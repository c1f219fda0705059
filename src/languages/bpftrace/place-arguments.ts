import type { Btf } from "../../btf/btf.ts";
import type { Architecture } from "../../facts/kernel-facts.ts";

/** Where a function's caller puts an argument. */
export type ArgumentPlace =
  /** In so many registers, from the n-th of those that arguments are passed in. */
  | { readonly kind: "registers"; readonly first: number; readonly count: number }
  /** On the stack, so many bytes behind the first argument that lies there. */
  | { readonly kind: "stack"; readonly offset: number }
  /** A register leads to it. */
  | { readonly kind: "reference"; readonly register: number }
  /** In registers of floating-point numbers, which programs in the kernel cannot read. */
  | { readonly kind: "floating" };

interface Shape {
  readonly size: number;
  readonly alignment: number;
  readonly kind: "struct" | "float" | "other";
  /** What each eight bytes hold; undefined where it cannot be in registers. */
  readonly words: readonly ("integer" | "float")[] | undefined;
}

const WORD = 8;
const MOST_IN_REGISTERS = 16;
const FLOAT_REGISTERS = 8;

/** The places of all arguments of a function, in order, by the calling convention of C. */
export function placeArguments(btf: Btf, types: readonly number[], of: Architecture): ArgumentPlace[] {
  const placing = of === "x86_64" ? new X86() : new Arm();
  return types.map((id) => placing.place(shapeOf(btf, id)));
}

abstract class Placing {
  protected integers = 0;
  protected floats = 0;
  #stack = 0;

  abstract place(shape: Shape): ArgumentPlace;

  protected registers(count: number): ArgumentPlace {
    const first = this.integers;
    this.integers += count;
    return { kind: "registers", first, count };
  }

  protected onStack({ size, alignment }: Shape): ArgumentPlace {
    const offset = alignUp(this.#stack, Math.max(WORD, Math.min(alignment, MOST_IN_REGISTERS)));
    this.#stack = offset + alignUp(size, WORD);
    return { kind: "stack", offset };
  }
}

/** The System V convention. */
class X86 extends Placing {
  override place(shape: Shape): ArgumentPlace {
    const { words } = shape;
    const floats = words?.filter((word) => word === "float").length ?? 0;
    const integers = (words?.length ?? 0) - floats;
    const room = this.integers + integers <= 6 && this.floats + floats <= FLOAT_REGISTERS;
    if (words === undefined || !room) return this.onStack(shape);
    if (floats === 0) return this.registers(integers);
    this.floats += floats;
    this.integers += integers;
    return { kind: "floating" };
  }
}

/** The procedure call standard of 64-bit ARM. */
class Arm extends Placing {
  override place(shape: Shape): ArgumentPlace {
    const { size, alignment, kind, words } = shape;
    if (kind === "float" || (words?.length && words.every((word) => word === "float"))) {
      this.floats += words?.length ?? 1;
      return this.floats <= FLOAT_REGISTERS ? { kind: "floating" } : this.onStack(shape);
    }
    if (kind === "struct" && size > MOST_IN_REGISTERS) {
      const place = this.place({ size: WORD, alignment: WORD, kind: "other", words: ["integer"] });
      return place.kind === "registers" ? { kind: "reference", register: place.first } : place;
    }
    const count = Math.ceil(size / WORD);
    if (alignment === MOST_IN_REGISTERS) this.integers = alignUp(this.integers, 2);
    if (this.integers + count <= 8) return this.registers(count);
    // What follows goes to the stack, too.
    this.integers = 8;
    return this.onStack(shape);
  }
}

function shapeOf(btf: Btf, id: number): Shape {
  const { size, alignment } = extentOf(btf, id);
  const { kind: is } = btf.type(btf.resolve(id));
  const kind = is === "struct" || is === "union" ? "struct" : is === "float" ? "float" : "other";
  if (size > MOST_IN_REGISTERS) return { size, alignment, kind, words: undefined };
  const words: ("integer" | "float")[] = [];
  const fits = fill(btf, id, 0, words);
  return {
    size,
    alignment,
    kind,
    words: fits ? Array.from(words, (word) => word ?? "float") : undefined,
  };
}

/** Notes what lies in each word; false where something does not lie as its type wants, or is a long double. */
function fill(btf: Btf, id: number, at: number, words: ("integer" | "float")[]): boolean {
  const type = btf.type(btf.resolve(id));
  const { size, alignment } = extentOf(btf, id);
  if (at % Math.max(1, alignment) !== 0) return false;
  if (type.kind === "struct" || type.kind === "union") {
    return type.members.every(({ type: of, bitOffset, bitSize }) =>
      bitSize === 0
        ? fill(btf, of, at + bitOffset / 8, words)
        : note(words, at + bitOffset / 8, 1, "integer"),
    );
  }
  if (type.kind === "array") {
    const step = extentOf(btf, type.of).size;
    return Array.from({ length: step === 0 ? 0 : type.count }, (_, i) => i).every((i) =>
      fill(btf, type.of, at + i * step, words),
    );
  }
  if (type.kind === "float" && size > WORD) return false;
  return note(words, at, size, type.kind === "float" ? "float" : "integer");
}

function note(words: ("integer" | "float")[], at: number, size: number, what: "integer" | "float"): boolean {
  for (let word = Math.floor(at / WORD); word * WORD < at + size; word++) {
    if (words[word] !== "integer") words[word] = what;
  }
  return true;
}

function extentOf(btf: Btf, id: number): { size: number; alignment: number } {
  const type = btf.type(btf.resolve(id));
  switch (type.kind) {
    case "int":
    case "enum":
    case "float":
      return { size: type.size, alignment: type.size };
    case "ptr":
      return { size: WORD, alignment: WORD };
    case "array": {
      const of = extentOf(btf, type.of);
      return { size: of.size * type.count, alignment: of.alignment };
    }
    case "struct":
    case "union": {
      const { size, members } = type;
      const alignments = members.map(({ type: of }) => extentOf(btf, of).alignment);
      // Less than its members want where it is packed: then no multiple of that is its size.
      const alignment = Math.max(1, ...alignments);
      return { size, alignment: size % alignment === 0 ? alignment : 1 };
    }
    default:
      return { size: 0, alignment: 1 };
  }
}

function alignUp(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
