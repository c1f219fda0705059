import { programTypeFor } from "./attach/program-type.ts";
import { BpfError } from "./errors.ts";
import type { LoadedObject, LoadedProgram } from "./load/loaded-object.ts";
import type { AttachPoint } from "./program/program.ts";
import { similarNames } from "./source/similar-names.ts";

/** An object's programs by the names that a text gives them. */
export class LoadedPrograms {
  readonly #object: LoadedObject;

  constructor(object: LoadedObject) {
    this.#object = object;
  }

  /** Throws BpfError "UNKNOWN_PROGRAM" where there is none of that name, "ATTACH_POINT" where it is not loaded. */
  get(name: string): LoadedProgram {
    this.check(name);
    const program = this.#object.programs.get(name);
    if (program !== undefined) return program;
    throw new BpfError("ATTACH_POINT", `the text does not say what kind of program ${name} is`, {
      hint: "Give it a context as its first parameter: struct pt_regs *ctx for a kprobe or uprobe.",
    });
  }

  /** As the kind that runs at that place: its section may not have said it, or said another one. */
  at(name: string, point: AttachPoint): LoadedProgram {
    const loaded = this.#object.programs.get(name);
    // Its arguments were verified as those of one tracepoint: it cannot be loaded as another kind.
    if (loaded?.section.startsWith("tp_btf/")) return loaded;
    const type = programTypeFor(point);
    return (type === undefined ? undefined : this.#object.programAs(name, type)) ?? this.get(name);
  }

  /** Throws BpfError "UNKNOWN_PROGRAM". */
  check(name: string): void {
    const { names } = this.#object;
    if (names.includes(name)) return;
    const similar = similarNames(name, names, 1)[0];
    const hint = similar === undefined ? `There are ${names.join(", ")}.` : `Did you mean ${similar}?`;
    throw new BpfError("UNKNOWN_PROGRAM", `there is no program ${name}`, { hint });
  }
}
