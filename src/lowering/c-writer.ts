import type { Type } from "../program/types.ts";
import { alignmentAt, type Operand } from "./operand.ts";

/** Above this, copying by a helper is shorter than by instructions. */
const LONGEST_COPY = 64;
const LONGEST_ZEROS = 128;

/** The C text of one function: lines, and names that nobody else uses. */
export class CWriter {
  readonly #lines: string[] = [];
  #names: { next: number };

  constructor(names: { next: number } = { next: 0 }) {
    this.#names = names;
  }

  get text(): string {
    return this.#lines.join("\n");
  }

  line(text: string): void {
    this.#lines.push(text);
  }

  name(prefix: string): string {
    return `${prefix}${this.#names.next++}`;
  }

  /** Another function of the same program. */
  sibling(): CWriter {
    return new CWriter(this.#names);
  }

  /** A number with a name, so that it is worked out once and here. */
  number(c: string): string {
    const name = this.name("t");
    this.line(`u64 ${name} = ${c};`);
    return name;
  }

  copy(to: Operand, from: Operand, size: number): void {
    if (size === 0 || to.c === from.c) return;
    const alignment = Math.min(to.alignment, from.alignment);
    if (size > LONGEST_COPY * Math.min(1, alignment / 4) || (alignment < 4 && size > 16)) {
      this.line(`bpf_probe_read_kernel(${to.c}, ${size}, ${from.c});`);
      return;
    }
    const aligned = (c: string) => `__builtin_assume_aligned(${c}, ${alignment})`;
    this.line(`__builtin_memcpy(${aligned(to.c)}, ${aligned(from.c)}, ${size});`);
  }

  zero(at: Operand, size: number): void {
    if (size === 0) return;
    // A read that fails fills with zeros.
    if (size > LONGEST_ZEROS) this.line(`bpf_probe_read_kernel(${at.c}, ${size}, 0);`);
    else this.line(`__builtin_memset(__builtin_assume_aligned(${at.c}, ${at.alignment}), 0, ${size});`);
  }

  /** A number out of memory. */
  load(at: string, type: Type): string {
    return this.number(loaded(at, type));
  }

  store(at: string, type: Type, value: string): void {
    this.line(`*(u${8 * widthOf(type)} *)(${at}) = ${value};`);
  }
}

function loaded(at: string, type: Type): string {
  const { bits, signed } = { bits: 8 * widthOf(type), signed: type.kind === "integer" && type.signed };
  return signed ? `(s64)*(s${bits} *)(${at})` : `*(u${bits} *)(${at})`;
}

/** Bytes that a number has in memory. */
export function widthOf(type: Type): number {
  if (type.kind === "integer") return type.bytes;
  return type.kind === "boolean" ? 1 : 8;
}

/** The operand some bytes after another. */
export function placeAt(of: Operand, offset: number): Operand {
  if (offset === 0) return of;
  return { c: `(${of.c} + ${offset})`, alignment: alignmentAt(of.alignment, offset) };
}

/** Bytes as a C string literal. */
export function cLiteral(bytes: string): string {
  const escaped = bytes.replace(
    /[^ !#-;=-[\]-~]/g,
    (byte) => `\\${(byte.charCodeAt(0) & 255).toString(8).padStart(3, "0")}`,
  );
  return `"${escaped}"`;
}
