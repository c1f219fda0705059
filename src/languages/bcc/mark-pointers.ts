import { pointerLevel, RecordFields } from "./record-fields.ts";
import { type AstNode, canonicalType, children, isPointerType, stripped } from "./syntax-tree.ts";
import { asTableCall, calleeName, type TranslationUnit, type UserFunction } from "./translation-unit.ts";

/** Tables whose lookups give what an update put in. */
const LOOKUPS = new Set(["lookup", "lookup_or_init", "lookup_or_try_init"]);
const UPDATES = new Set(["update", "insert", "lookup_or_init", "lookup_or_try_init"]);

/** bcc's users read with any of them what a pointer leads to. */
const PROBE_READ = /^bpf_probe_read(?:_kernel|_user)?$/;

/** Contexts out of which a pointer is the kernel's: registers, raw arguments, tracepoint records. */
const KERNEL_CONTEXT =
  /^(?:const )?struct (?:pt_regs|bpf_raw_tracepoint_args|tracepoint__\w+|bpf_iter__\w+) \*/;

/**
 * Finds out which expressions hold kernel addresses. The level of an expression is the number of
 * dereferences after which one holds a kernel address: 0 for a kernel pointer, 1 for the address of a variable
 * that holds one. A level belongs to a declaration wherever it is used, is never taken back, and is propagated
 * until nothing changes, so neither the order of functions nor loops matter.
 */
export class PointerMarks {
  readonly #levels = new Map<string, number>();
  readonly #returns = new Map<string, number>();
  readonly #tables = new Map<string, number>();
  readonly #byName: ReadonlyMap<string, UserFunction>;
  readonly #fields: RecordFields;
  #changed = false;

  constructor(unit: TranslationUnit) {
    this.#byName = new Map(unit.functions.map((f) => [f.name, f]));
    this.#fields = new RecordFields(unit.root);
    for (const program of unit.programs) {
      for (const parameter of program.parameters.slice(1)) {
        if (holdsAddress(parameter)) this.#levels.set(parameter.id, 0);
      }
    }
    do {
      this.#changed = false;
      unit.visitBodies((node, owner) => this.#propagate(node, owner));
    } while (this.#changed);
  }

  /** See the class; undefined for an expression that has nothing to do with kernel addresses. */
  level(node: AstNode): number | undefined {
    const [first, second, third] = children(node);
    switch (node.kind) {
      case "ParenExpr":
      case "ConstantExpr":
        return first && this.level(first);
      case "ImplicitCastExpr":
      case "CStyleCastExpr":
        return this.#castLevel(node);
      case "DeclRefExpr":
        return this.#levels.get(node.referencedDecl?.id ?? "");
      case "MemberExpr":
        return this.#memberLevel(node);
      case "ArraySubscriptExpr":
        return first && (this.inKernel(node) ? 0 : deeper(this.level(pointerOperand(node))));
      case "UnaryOperator":
        return first && this.#unaryLevel(node, first);
      case "BinaryOperator":
      case "CompoundAssignOperator":
        return first && second && this.#binaryLevel(node, first, second);
      case "ConditionalOperator":
        return (second && this.level(second)) ?? (third && this.level(third));
      case "BinaryConditionalOperator":
        return children(node)
          .map((child) => this.level(child))
          .find((level) => level !== undefined);
      case "StmtExpr": {
        const last = first && children(first).at(-1);
        return last && this.level(last);
      }
      case "CallExpr":
        return this.#callLevel(node);
      default:
        return undefined;
    }
  }

  /** True for an lvalue that lies in kernel memory, so that reading it takes a probe read. */
  inKernel(node: AstNode): boolean {
    const first = children(node)[0];
    if (first === undefined) return false;
    switch (node.kind) {
      case "ParenExpr":
        return this.inKernel(first);
      case "MemberExpr":
        return node.isArrow ? this.level(first) === 0 : this.inKernel(first);
      case "UnaryOperator":
        if (node.opcode === "__extension__") return this.inKernel(first);
        return node.opcode === "*" && this.level(first) === 0;
      case "ArraySubscriptExpr":
        return this.level(pointerOperand(node)) === 0;
      default:
        return false;
    }
  }

  #castLevel(node: AstNode): number | undefined {
    const inner = children(node).at(-1);
    if (inner === undefined) return undefined;
    if (node.castKind === "IntegralToPointer") {
      return isKernelInteger(inner) || this.#isKernelAddress(inner) ? 0 : undefined;
    }
    if (node.castKind === "ArrayToPointerDecay" && this.inKernel(inner)) return 0;
    if (!isPointerType(canonicalType(node)) && node.castKind !== "LValueToRValue") return undefined;
    return this.level(inner);
  }

  /** What a pointer points to, or of what level the address is that an integer holds. */
  #valueLevel(value: AstNode): number | undefined {
    if (isPointerType(canonicalType(value))) return this.level(value);
    return holdsAddress(value) && (isKernelInteger(value) || this.#isKernelAddress(value)) ? 0 : undefined;
  }

  /**
   * A pointer that is an integer for the sake of arithmetic, as `*(u8 *)((u64)&sk->sk_protocol - 3)`, or for being
   * kept, as in `u64 address = (u64)sk`.
   */
  #isKernelAddress(integer: AstNode): boolean {
    const [first, second] = children(integer);
    if (first === undefined) return false;
    if (integer.castKind === "LValueToRValue") return holdsAddress(first) && this.level(first) === 0;
    if (integer.castKind === "PointerToIntegral") return this.level(children(integer).at(-1) ?? first) === 0;
    switch (integer.kind) {
      case "ParenExpr":
      case "ImplicitCastExpr":
      case "CStyleCastExpr":
        return this.#isKernelAddress(children(integer).at(-1) ?? first);
      case "BinaryOperator":
        if (second === undefined || this.#isOwnAddress(first) || this.#isOwnAddress(second)) return false;
        return this.#isKernelAddress(first) || this.#isKernelAddress(second);
      default:
        return false;
    }
  }

  /** An address of the program's own memory as an integer: what is added to it is an offset, whatever it is. */
  #isOwnAddress(integer: AstNode): boolean {
    const inner = children(integer).at(-1);
    if (inner === undefined) return false;
    if (integer.castKind === "PointerToIntegral") return this.level(inner) !== 0;
    if (integer.kind === "BinaryOperator") return children(integer).some((each) => this.#isOwnAddress(each));
    return (
      ["ParenExpr", "ImplicitCastExpr", "CStyleCastExpr"].includes(integer.kind) && this.#isOwnAddress(inner)
    );
  }

  #memberLevel(node: AstNode): number | undefined {
    const base = children(node)[0];
    if (base === undefined) return undefined;
    if (this.inKernel(node)) return 0;
    const type = canonicalType(node);
    const isArray = /\*\s*\[/.test(type);
    if (!holdsAddress(node) && !isArray) return undefined;
    if (node.isArrow && KERNEL_CONTEXT.test(canonicalType(base))) return 0;
    const outer = node.isArrow ? deeper(this.level(base)) : this.level(base);
    if (outer === undefined) return this.#levels.get(node.referencedMemberDecl ?? "");
    return isArray ? outer + 1 : outer;
  }

  #unaryLevel(node: AstNode, operand: AstNode): number | undefined {
    if (node.opcode === "*") return this.inKernel(node) ? 0 : deeper(this.level(operand));
    if (node.opcode !== "&") return this.level(operand);
    if (this.inKernel(operand)) return 0;
    const level = this.level(operand);
    return level === undefined ? undefined : level + 1;
  }

  #binaryLevel(node: AstNode, left: AstNode, right: AstNode): number | undefined {
    if (node.opcode === ",") return this.level(right);
    if (!isPointerType(canonicalType(node))) return undefined;
    if (node.opcode === "=") return this.level(right) ?? this.level(left);
    return this.level(isPointerType(canonicalType(left)) ? left : right);
  }

  #callLevel(node: AstNode): number | undefined {
    const tableCall = asTableCall(node);
    if (tableCall) return LOOKUPS.has(tableCall.method) ? this.#tables.get(tableCall.table) : undefined;
    return this.#returns.get(calleeName(node) ?? "");
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
        this.#mark(this.#returns, owner.name, children(node)[0]);
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
    this.#markInitial(
      variable.id,
      children(variable).find((child) => !child.kind.endsWith("Attr")),
      0,
    );
  }

  /** What a pointer, or an array of pointers, is initialised with. */
  #markInitial(key: string, value: AstNode | undefined, depth: number): void {
    if (value === undefined) return;
    if (value.kind === "InitListExpr" && canonicalType(value).endsWith("]")) {
      for (const each of children(value)) this.#markInitial(key, each, depth + 1);
      return;
    }
    const level = this.#valueLevel(value);
    if (level !== undefined) this.#set(this.#levels, key, level + depth);
  }

  /** A struct that is copied out of kernel memory brings kernel pointers along. */
  #copyRecord(node: AstNode): void {
    const place = children(node)[0];
    if (node.castKind !== "LValueToRValue" || place === undefined || isPointerType(canonicalType(node)))
      return;
    if (this.#fields.has(node) && this.inKernel(place)) this.#markRecord(node);
  }

  #markRecord(node: AstNode): void {
    for (const { id, level } of this.#fields.pointersOf(node)) this.#set(this.#levels, id, level);
  }

  #assign(node: AstNode): void {
    const [left, right] = children(node);
    if (left === undefined || right === undefined) return;
    const level = this.#valueLevel(right);
    if (level === undefined || this.inKernel(left)) return;
    let extra = 0;
    for (let at = stripped(left); ; at = stripped(children(at)[0] ?? at)) {
      if (at.kind === "DeclRefExpr" || at.kind === "MemberExpr") {
        this.#set(this.#levels, at.referencedDecl?.id ?? at.referencedMemberDecl, level + extra);
        return;
      }
      if (at.kind !== "ArraySubscriptExpr" && !(at.kind === "UnaryOperator" && at.opcode === "*")) return;
      extra++;
    }
  }

  /** `struct val v = { .file = f }` marks the field, as `v.file = f` does. */
  #initialiseFields(list: AstNode): void {
    const fields = this.#fields.of(list);
    if (fields === undefined) return;
    children(list).forEach((value, i) => {
      const field = fields[i];
      if (field !== undefined) this.#markInitial(field.id, value, 0);
    });
  }

  #bindArguments(call: AstNode): void {
    const tableCall = asTableCall(call);
    if (tableCall) {
      if (UPDATES.has(tableCall.method)) this.#mark(this.#tables, tableCall.table, tableCall.arguments[1]);
      return;
    }
    const name = calleeName(call) ?? "";
    if (PROBE_READ.test(name)) this.#markCopied(children(call)[1]);
    const callee = this.#byName.get(name);
    callee?.parameters.forEach((parameter, i) => {
      this.#mark(this.#levels, parameter.id, children(call)[i + 1]);
    });
  }

  /** What the program itself copies with a probe read: pointers that were in the memory are the kernel's again. */
  #markCopied(target: AstNode | undefined): void {
    const address = target && stripped(target);
    const place =
      address?.kind === "UnaryOperator" && address.opcode === "&" ? children(address)[0] : address;
    const variable = place && stripped(place);
    if (variable === undefined || this.inKernel(variable)) return;
    this.#markRecord(variable);
    const level = pointerLevel(canonicalType(variable));
    if (level === undefined || (variable === address && level === 0)) return;
    this.#set(this.#levels, variable.referencedDecl?.id ?? variable.referencedMemberDecl, level);
  }

  #mark(levels: Map<string, number>, key: string, value: AstNode | undefined): void {
    if (value === undefined) return;
    const level = this.#valueLevel(value);
    if (level !== undefined) this.#set(levels, key, level);
  }

  #set(levels: Map<string, number>, key: string | undefined, level: number): void {
    if (key === undefined || levels.has(key)) return;
    levels.set(key, level);
    this.#changed = true;
  }
}

const WIDE_INTEGER = /^(?:const |volatile )*(?:unsigned )?long(?: long)?$/;

/** Pointers, and integers that are wide enough for one. */
function holdsAddress(node: AstNode): boolean {
  const type = canonicalType(node);
  return isPointerType(type) || WIDE_INTEGER.test(type);
}

/** One dereference further; nothing is known behind a kernel address that is not read. */
function deeper(level: number | undefined): number | undefined {
  return level === undefined || level === 0 ? undefined : level - 1;
}

/** `a[i]` and `i[a]` alike. */
function pointerOperand(subscript: AstNode): AstNode {
  const [first, second] = children(subscript);
  const pointer = second !== undefined && isPointerType(canonicalType(second)) ? second : first;
  return pointer ?? subscript;
}

/** Integers that are kernel addresses: the current task, and what is read from a kernel context. */
function isKernelInteger(node: AstNode): boolean {
  let at = stripped(node);
  if (at.kind === "CallExpr") return calleeName(at) === "bpf_get_current_task";
  while (at.kind === "ArraySubscriptExpr" || (at.kind === "MemberExpr" && !at.isArrow)) {
    const base = children(at)[0];
    if (base === undefined) return false;
    at = stripped(base);
  }
  const context = children(at)[0];
  return at.kind === "MemberExpr" && context !== undefined && KERNEL_CONTEXT.test(canonicalType(context));
}
