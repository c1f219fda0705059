import type { KernelFacts } from "../../facts/kernel-facts.ts";
import type { Local, TypedAction, TypedMap, TypedProbe } from "../../program/tir.ts";
import type { Type } from "../../program/types.ts";
import type { Diagnostic } from "../../source/diagnostic.ts";
import type { SourceText, Span } from "../../source/source-text.ts";
import type { Expression, MapDeclaration, UserFunction } from "./ast.ts";
import type { AttachWorld } from "./attach-world.ts";
import type { CTypes } from "./c-types.ts";
import type { ImportedFunction } from "./imported-functions.ts";
import { joinTypes, sameType } from "./join-types.ts";
import type { MacroTable } from "./macro-table.ts";
import type { ScriptFiles } from "./script-files.ts";
import type { Settings } from "./settings.ts";
import { NONE, typeName } from "./type-names.ts";

/** What a compilation is told of the machine and of the command line. */
export interface ScriptWorld extends AttachWorld, ScriptFiles {
  readonly facts: KernelFacts;
  readonly parameters: readonly string[];
  /** Headers that are read before the script. */
  readonly includes: readonly string[];
  /** --name=value of the command line. */
  readonly named: ReadonlyMap<string, string>;
  readonly childPid?: number | undefined;
  /** Our namespace of processes, when it is not the first one. */
  readonly pidNamespace?: { readonly device: bigint; readonly inode: bigint } | undefined;
  readonly cpus: number;
  cgroupId(path: string): bigint | undefined;
}

export interface MapState {
  readonly name: string;
  key: Type | undefined;
  /** The same as the script writes it, literals as small as they are: for messages. */
  writtenKey: Type;
  value: Type;
  readonly span: Span;
  /** True once an expression used it with a key, false without. */
  keyed: boolean | undefined;
  declaration: MapDeclaration | undefined;
  /** Something assigns to it. */
  assigned: boolean;
}

/**
 * What the rounds of the check know. The types of variables and maps grow from round to round until none changes;
 * everything else is made anew in each.
 */
export class CheckState {
  readonly source: SourceText;
  readonly world: ScriptWorld;
  readonly types: CTypes;
  readonly settings: Settings;
  readonly macros: MacroTable;
  readonly functions: ReadonlyMap<string, UserFunction>;
  readonly imported: ReadonlyMap<string, ImportedFunction>;
  readonly defines: ReadonlyMap<string, Expression>;
  readonly maps = new Map<string, MapState>();
  readonly #localTypes = new Map<string, Type>();
  diagnostics: Diagnostic[] = [];
  actions: TypedAction[] = [];
  stackDepths = new Set<number>();
  options = new Map<string, string>();
  probes: TypedProbe[] = [];
  /** Some probe is at all functions of a pattern. */
  hasPatterns = false;
  changed = false;
  #locals = 0;

  constructor(init: {
    source: SourceText;
    world: ScriptWorld;
    types: CTypes;
    settings: Settings;
    macros: MacroTable;
    functions: ReadonlyMap<string, UserFunction>;
    imported: ReadonlyMap<string, ImportedFunction>;
    defines: ReadonlyMap<string, Expression>;
  }) {
    this.source = init.source;
    this.world = init.world;
    this.types = init.types;
    this.settings = init.settings;
    this.macros = init.macros;
    this.functions = init.functions;
    this.imported = init.imported;
    this.defines = init.defines;
  }

  /** Variables that belong to their probe though they are assigned in a block of it. */
  readonly hoisted = new Set<string>();
  readonly assignedNames = new Set<string>();

  /** A variable is used where its block has ended: true when one of that name was assigned in some block. */
  hoist(key: string): boolean {
    if (!this.assignedNames.has(key) || this.hoisted.has(key)) return false;
    this.hoisted.add(key);
    this.changed = true;
    return true;
  }

  /** How many calls of macros and functions were put in, in this round. */
  expanded = 0;

  beginRound(): void {
    this.expanded = 0;
    this.diagnostics = [];
    this.actions = [];
    this.probes = [];
    this.stackDepths = new Set();
    this.options = new Map();
    this.changed = false;
    this.assignedNames.clear();
    this.declared.clear();
    this.#locals = 0;
  }

  /** Where the macros and functions were called that are looked at. */
  readonly calls: Span[] = [];

  report(message: string, span: Span, hint?: string, code = "TYPE"): void {
    const { source = this.source } = span;
    const notes = span.source === undefined ? [] : this.#callsToHere();
    this.diagnostics.push({ severity: "error", code, message, source, span, notes, hint });
  }

  /** An error in a text that is not the user's says where the user's is. */
  #callsToHere(): Diagnostic[] {
    const own = this.calls.filter(({ source }) => source === undefined);
    const { source } = this;
    return own.map((span) => ({ severity: "note", code: "CALL", message: "called here", source, span }));
  }

  warn(message: string, span: Span, hint?: string): void {
    const { source = this.source } = span;
    this.diagnostics.push({ severity: "warning", code: "SCRIPT", message, source, span, hint });
  }

  /** The types of variables that were declared with one, by their keys. */
  readonly declared = new Map<string, Type>();

  /** A variable as far as it is known. `key` is the same in each round. */
  local(name: string, key: string): Local & { readonly key: string } {
    return { id: this.#locals++, name, type: this.#localTypes.get(key) ?? NONE, key };
  }

  /** Makes a variable's type hold values of another, too. */
  widenLocal(name: string, key: string, type: Type, span: Span): void {
    const before = this.#localTypes.get(key) ?? NONE;
    const joined = joinTypes(before, type);
    if (joined === undefined) {
      const message = `Type mismatch for ${name}: trying to assign value of type '${typeName(type)}' when variable already has a type '${typeName(before)}'`;
      this.report(message, span);
    } else if (!sameType(joined, before)) {
      this.#localTypes.set(key, joined);
      this.changed = true;
    }
  }

  map(name: string, span: Span): MapState {
    let map = this.maps.get(name);
    if (map === undefined) {
      map = {
        name,
        key: undefined,
        writtenKey: NONE,
        value: NONE,
        span,
        keyed: undefined,
        declaration: undefined,
        assigned: false,
      };
      this.maps.set(name, map);
    }
    return map;
  }

  mapIndex(name: string): number {
    return [...this.maps.keys()].indexOf(name);
  }

  addAction(action: TypedAction): number {
    const said = action.kind === "errorf" || action.kind === "warnf";
    const callers = said && this.calls.length > 0 ? { callers: [...this.calls].reverse() } : {};
    return this.actions.push({ ...action, ...callers }) - 1;
  }

  typedMaps(): TypedMap[] {
    return [...this.maps.values()].map((map, index) => this.#typedMap(map, index));
  }

  #typedMap({ name, key, value, declaration }: MapState, index: number): TypedMap {
    const table = `m${index}_${name.slice(1).replace(/\W/g, "_")}`;
    const perCpu = value.kind === "aggregate";
    const entries = declaration?.entries ?? this.settings.maxMapKeys;
    if (key === undefined) {
      const kind = perCpu ? "percpu-scalar" : "scalar";
      return { name, table, key, value, entries: 1, kind };
    }
    const lru = declaration !== undefined && /^(?:lru|percpulru)/.test(declaration.kind);
    const kind = perCpu ? (lru ? "percpu-lru" : "percpu-hash") : lru ? "lru" : "hash";
    return { name, table, key, value, entries, kind };
  }
}
