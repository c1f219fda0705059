import { BpfError } from "../errors.ts";
import type { Codec } from "../values/codec.ts";
import { codecOf } from "../values/compile-codec.ts";
import { HashMap } from "./hash-map.ts";
import type { SetOptions } from "./kernel-map.ts";
import type { MapHandle } from "./map-handle.ts";

/** A program in the kernel, or anything else that has a file descriptor. */
export interface HasFd {
  readonly fd: number;
}

const WORD = codecOf<number>({ kind: "integer", size: 4, signed: false }, "unsigned int");

/**
 * A table of programs (BPF_PROG_ARRAY), to which others jump with `table.call(ctx, index)` (since Linux 4.2).
 * An index without a program makes call() do nothing. All programs in it are of one type.
 *
 * @example
 * bpf.maps.steps.set(1, "second_step"); // a function of the same text
 * bpf.maps.steps.get(1); // the program's id, as bpftool shows it
 */
export class ProgramArray extends HashMap<number, number> {
  readonly #descriptorOf: (program: string) => number;

  /** `descriptorOf` gives the file descriptor of a program by its name, and throws when there is none. */
  constructor(handle: MapHandle, descriptorOf: (program: string) => number) {
    super(handle, { key: WORD, value: WORD });
    this.#descriptorOf = descriptorOf;
  }

  /**
   * Throws BpfError "UNKNOWN_PROGRAM" when there is no such program, MapError when it is of another type than
   * those that are there or that call it, or the index is outside.
   */
  override set(index: number, program: string | HasFd | number, options: SetOptions = {}): this {
    const fd = typeof program === "string" ? this.#descriptorOf(program) : program;
    return super.set(index, typeof fd === "number" ? fd : fd.fd, options);
  }
}

/** Values that are written as file descriptors and read as ids: what `open` makes of an id. */
export function descriptorCodec<T extends object>(typeName: string, open: (id: number) => T): Codec<T> {
  const descriptor = (value: T | number): number => {
    if (typeof value === "number") return value;
    const fd = "handle" in value ? (value.handle as HasFd).fd : (value as Partial<HasFd>).fd;
    if (fd === undefined) throw new BpfError("MAP", `a ${typeName} is expected`);
    return fd;
  };
  return {
    size: WORD.size,
    typeName,
    decode: (view, offset) => open(WORD.decode(view, offset)),
    decodeMany: (view, offset, stride, count) =>
      WORD.decodeMany(view, offset, stride, count).map((id) => open(id)),
    encode: (value, view, offset) => WORD.encode(descriptor(value), view, offset),
  };
}
