import { holdsAddress } from "./record-fields.ts";
import { type AstNode, canonicalType, children, isPointerType, stripped } from "./syntax-tree.ts";
import { asTableCall, calleeName } from "./translation-unit.ts";

/** Tables whose lookups give what an update put in. */
export const LOOKUPS: ReadonlySet<string> = new Set(["lookup", "lookup_or_init", "lookup_or_try_init"]);

/** Contexts out of which a pointer is the kernel's: registers, raw arguments, tracepoint records. */
const KERNEL_CONTEXT =
  /^(?:const )?struct (?:pt_regs|bpf_raw_tracepoint_args|tracepoint__\w+|bpf_iter__\w+) \*/;

/**
 * Which expressions hold kernel addresses. The level of an expression is the number of dereferences after which one
 * holds a kernel address: 0 for a kernel pointer, 1 for the address of a variable that holds one. It follows from
 * the levels of what the expression names.
 */
export class PointerLevels {
  /** Of variables, parameters and fields, by their ids. */
  readonly declared = new Map<string, number>();
  /** Of what functions return, by their names. */
  readonly returned = new Map<string, number>();
  /** Of pointers to the values of tables, by the tables' names. */
  readonly tables = new Map<string, number>();

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
        return this.declared.get(node.referencedDecl?.id ?? "");
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
        return least([second && this.level(second), third && this.level(third)]);
      case "BinaryConditionalOperator":
        return least(children(node).map((child) => this.level(child)));
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
  valueLevel(value: AstNode): number | undefined {
    if (isPointerType(canonicalType(value))) return this.level(value);
    return holdsAddress(value) && (isKernelInteger(value) || this.#isKernelAddress(value)) ? 0 : undefined;
  }

  /**
   * A pointer that is an integer for the sake of arithmetic, as `*(u8 *)((u64)&sk->sk_protocol - 3)`, or for being
   * kept, as in `u64 address = (u64)sk`.
   */
  #isKernelAddress(integer: AstNode): boolean {
    const [first, second, third] = children(integer);
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
      case "ConditionalOperator":
        return [second, third].some((each) => each !== undefined && this.#isKernelAddress(each));
      case "CallExpr":
        return this.#callLevel(integer) === 0;
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
    if (outer === undefined) return this.declared.get(node.referencedMemberDecl ?? "");
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
    if (tableCall) return LOOKUPS.has(tableCall.method) ? this.tables.get(tableCall.table) : undefined;
    return this.returned.get(calleeName(node) ?? "");
  }
}

function least(levels: readonly (number | undefined)[]): number | undefined {
  const known = levels.filter((level) => level !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** One dereference further; nothing is known behind a kernel address that is not read. */
function deeper(level: number | undefined): number | undefined {
  return level === undefined || level === 0 ? undefined : level - 1;
}

/** `a[i]` and `i[a]` alike. */
export function pointerOperand(subscript: AstNode): AstNode {
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
