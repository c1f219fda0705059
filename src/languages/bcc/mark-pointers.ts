import { LOOKUPS, PointerLevels, pointerOperand } from "./pointer-levels.ts";
import { holdsAddress, pointerLevel, RecordFields } from "./record-fields.ts";
import { type AstNode, canonicalType, children, isPointerType, stripped } from "./syntax-tree.ts";
import { asTableCall, calleeName, type TranslationUnit, type UserFunction } from "./translation-unit.ts";

const UPDATES = new Set(["update", "insert", "lookup_or_init", "lookup_or_try_init"]);

/** Helpers that call a function of the program's: the places of it and of what it is given. */
const CALLBACKS: Readonly<Record<string, readonly [callback: number, context: number]>> = {
  bpf_loop: [2, 3],
  bpf_for_each_map_elem: [2, 3],
  bpf_find_vma: [3, 4],
};

/** bcc's users read with any of them what a pointer leads to. */
const PROBE_READ = /^bpf_probe_read(?:_kernel|_user)?$/;

/**
 * Finds out what holds kernel addresses. A level belongs to a declaration wherever it is used. Of several the least
 * counts: a probe read reads the program's own memory, too. Levels are propagated until nothing changes, so neither
 * the order of functions nor loops matter.
 */
export function markPointers(unit: TranslationUnit): PointerLevels {
  return new Propagation(unit).levels;
}

class Propagation {
  readonly levels = new PointerLevels();
  readonly #byName: ReadonlyMap<string, UserFunction>;
  readonly #fields: RecordFields;
  #changed = false;

  constructor(unit: TranslationUnit) {
    this.#byName = new Map(unit.functions.map((f) => [f.name, f]));
    this.#fields = new RecordFields(unit.root);
    for (const program of unit.programs) {
      for (const parameter of program.parameters.slice(1)) {
        if (holdsAddress(parameter)) this.levels.declared.set(parameter.id, 0);
      }
    }
    do {
      this.#changed = false;
      unit.visitBodies((node, owner) => this.#propagate(node, owner));
    } while (this.#changed);
  }

  #propagate(node: AstNode, owner: UserFunction): boolean {
    switch (node.kind) {
      case "UnaryExprOrTypeTraitExpr":
        return false;
      case "VarDecl":
        this.#initialise(node);
        break;
      case "BinaryOperator":
        if (node.opcode === "=") this.#assign(node);
        break;
      case "ReturnStmt":
        this.#mark(this.levels.returned, owner.name, children(node)[0]);
        this.#markTarget(children(node)[0], this.levels.returned.get(owner.name));
        break;
      case "InitListExpr":
        this.#initialiseFields(node);
        break;
      case "CallExpr":
        this.#bindArguments(node);
        break;
      case "ImplicitCastExpr":
        this.#copyRecord(node);
        break;
    }
    return true;
  }

  #initialise(variable: AstNode): void {
    const value = children(variable).find((child) => !child.kind.endsWith("Attr"));
    this.#markInitial(variable.id, value, 0);
    this.#markTarget(value, this.levels.declared.get(variable.id));
  }

  /** What a pointer, or an array of pointers, is initialised with. */
  #markInitial(key: string, value: AstNode | undefined, depth: number): void {
    if (value === undefined) return;
    if (value.kind === "InitListExpr" && canonicalType(value).endsWith("]")) {
      for (const each of children(value)) this.#markInitial(key, each, depth + 1);
      return;
    }
    const level = this.levels.valueLevel(value);
    if (level !== undefined) this.#set(this.levels.declared, key, level + depth);
  }

  /** A struct that is copied out of kernel memory brings kernel pointers along. */
  #copyRecord(node: AstNode): void {
    const place = children(node)[0];
    if (node.castKind !== "LValueToRValue" || place === undefined || isPointerType(canonicalType(node)))
      return;
    if (this.#fields.has(node) && this.levels.inKernel(place)) this.#markRecord(node);
  }

  #markRecord(node: AstNode, behindPointer = false): void {
    for (const { id, level } of this.#fields.pointersOf(node, behindPointer))
      this.#set(this.levels.declared, id, level);
  }

  #assign(node: AstNode): void {
    const [left, right] = children(node);
    if (left === undefined || right === undefined) return;
    const level = this.levels.valueLevel(right);
    if (level !== undefined) this.#markPlace(left, level);
    this.#markTarget(right, this.levels.level(left));
  }

  /** What is kept at a place of the program's own memory. */
  #markPlace(place: AstNode, level: number): void {
    const at = stripped(place);
    if (this.levels.inKernel(at)) return;
    if (at.kind === "DeclRefExpr" || at.kind === "MemberExpr") {
      if (!holdsAddress(at) && pointerLevel(canonicalType(at)) === undefined) return;
      this.#set(this.levels.declared, at.referencedDecl?.id ?? at.referencedMemberDecl, level);
    } else if (at.kind === "ArraySubscriptExpr" || (at.kind === "UnaryOperator" && at.opcode === "*")) {
      this.#markTarget(pointerOperand(at), level + 1);
    }
  }

  /**
   * A pointer to the program's own memory that holds kernel pointers, as `**found` that was written through
   * `*out`: whatever it is made of leads to such memory.
   */
  #markTarget(pointer: AstNode | undefined, level: number | undefined): void {
    if (pointer === undefined || level === undefined || level < 1) return;
    const at = stripped(pointer);
    const [first, second, third] = children(at);
    switch (at.kind) {
      case "UnaryOperator":
        if (at.opcode === "*") this.#markPlace(at, level);
        else if (at.opcode === "&" && first !== undefined) this.#markPlace(first, level - 1);
        break;
      case "DeclRefExpr":
      case "MemberExpr":
      case "ArraySubscriptExpr":
        this.#markPlace(at, level);
        break;
      case "ConditionalOperator":
        this.#markTarget(second, level);
        this.#markTarget(third, level);
        break;
      case "BinaryOperator":
        if (at.opcode === "+" || at.opcode === "-") this.#markTarget(pointerOperand(at), level);
        break;
      case "InitListExpr":
        if (canonicalType(at).endsWith("]"))
          for (const each of children(at)) this.#markTarget(each, level - 1);
        break;
      case "CallExpr": {
        const tableCall = asTableCall(at);
        if (tableCall === undefined) this.#set(this.levels.returned, calleeName(at), level);
        else if (LOOKUPS.has(tableCall.method)) this.#set(this.levels.tables, tableCall.table, level);
      }
    }
  }

  /** `struct val v = { .file = f }` marks the field, as `v.file = f` does. */
  #initialiseFields(list: AstNode): void {
    const fields = list.field === undefined ? this.#fields.of(list) : [list.field];
    if (fields === undefined) return;
    children(list).forEach((value, i) => {
      const field = fields[i];
      if (field === undefined) return;
      this.#markInitial(field.id, value, 0);
      this.#markTarget(value, this.levels.declared.get(field.id));
    });
  }

  #bindArguments(call: AstNode): void {
    const tableCall = asTableCall(call);
    if (tableCall) {
      if (UPDATES.has(tableCall.method))
        this.#mark(this.levels.tables, tableCall.table, tableCall.arguments[1]);
      return;
    }
    const name = calleeName(call) ?? "";
    const values = children(call);
    if (PROBE_READ.test(name)) this.#markCopied(values[1]);
    this.#byName.get(name)?.parameters.forEach((parameter, i) => {
      this.#bind(parameter, values[i + 1]);
    });
    const [callback, context] = CALLBACKS[name] ?? [];
    if (callback === undefined || context === undefined || values[callback] === undefined) return;
    const called = this.#byName.get(stripped(values[callback]).referencedDecl?.name ?? "");
    this.#bind(called?.parameters.at(-1), values[context]);
  }

  #bind(parameter: AstNode | undefined, value: AstNode | undefined): void {
    if (parameter === undefined) return;
    this.#mark(this.levels.declared, parameter.id, value);
    this.#markTarget(value, this.levels.declared.get(parameter.id));
  }

  /** What the program itself copies with a probe read: pointers that were in the memory are the kernel's again. */
  #markCopied(target: AstNode | undefined): void {
    const address = target && stripped(target);
    const place =
      address?.kind === "UnaryOperator" && address.opcode === "&" ? children(address)[0] : address;
    const variable = place && stripped(place);
    if (variable === undefined || this.levels.inKernel(variable)) return;
    this.#markRecord(variable, variable === address);
    const level = pointerLevel(canonicalType(variable));
    if (level === undefined) return;
    if (variable !== address || level > 0) this.#markPlace(variable, level);
    // The address of a pointer, or of anything, that is in a variable of its own.
    else if (/^void \*$|\*\s*\*$/.test(canonicalType(variable))) this.#markPlace(variable, 1);
  }

  #mark(levels: Map<string, number>, key: string, value: AstNode | undefined): void {
    if (value === undefined) return;
    const level = this.levels.valueLevel(value);
    if (level !== undefined) this.#set(levels, key, level);
  }

  #set(levels: Map<string, number>, key: string | undefined, level: number): void {
    if (key === undefined || (levels.get(key) ?? Number.POSITIVE_INFINITY) <= level) return;
    levels.set(key, level);
    this.#changed = true;
    if (level === 0) for (const other of this.#fields.sharing(key)) this.#set(levels, other, level);
  }
}
