import type { Local } from "../../program/tir.ts";
import type { Expression } from "./ast.ts";

/** The names that stand at a place of a script: of its blocks, or of the macro that is expanded there. */
export class Scope {
  readonly parent: Scope | undefined;
  readonly variables = new Map<string, Local>();
  /** What a macro's bare parameters stand for, and where that was written. */
  readonly expressions = new Map<string, { readonly expression: Expression; readonly scope: Scope }>();
  readonly maps = new Map<string, string>();
  /** Tells one expansion of a macro from another. */
  readonly path: string;

  constructor(parent: Scope | undefined, path = parent?.path ?? "") {
    this.parent = parent;
    this.path = path;
  }

  /** The outermost block. */
  get root(): Scope {
    return this.parent?.root ?? this;
  }

  variable(name: string): Local | undefined {
    return this.variables.get(name) ?? this.parent?.variable(name);
  }

  expression(name: string): { readonly expression: Expression; readonly scope: Scope } | undefined {
    return this.expressions.get(name) ?? this.parent?.expression(name);
  }

  map(name: string): string {
    return this.maps.get(name) ?? this.parent?.map(name) ?? name;
  }

  *variableNames(): Iterable<string> {
    yield* this.variables.keys();
    if (this.parent !== undefined) yield* this.parent.variableNames();
  }
}
