import { type AstNode, canonicalType, children, stripped } from "./syntax-tree.ts";
import { pointedStruct, traceArguments } from "./traced-function.ts";
import { calleeName, type TranslationUnit, type UserFunction } from "./translation-unit.ts";

/** bpf_get_current_task_btf(). */
const SINCE_TASK_POINTER = 0x050b00;
/** Programs of which the kernel tells the task as a pointer; those of networks do not get it everywhere. */
const TRACING_CONTEXT =
  /^(?:void|struct (?:pt_regs|bpf_raw_tracepoint_args|bpf_perf_event_data|tracepoint__\w+|bpf_iter__\w+)|unsigned long long) \*$/;
const ITS_ADDRESS_IS_ENOUGH = /^bpf_probe_read(?:_kernel)?(?:_str)?$/;

/** An integer of the kernel's that the text casts to a pointer: `(struct task_struct *)ctx->args[1]`. */
interface Candidate {
  readonly cast: AstNode;
  /** The variable that gets it; undefined where it is dereferenced at once. */
  readonly variable: string | undefined;
  /** The raw tracepoint program whose argument it is; undefined for the current task. */
  readonly program: string | undefined;
  readonly call: AstNode | undefined;
}

/**
 * Where the verifier can be made to know a pointer that bcc's users get as an integer: the current task, and the
 * arguments of a raw tracepoint, which then becomes one with BTF. Only where the pointer is dereferenced and nothing
 * else is done with it, as the verifier does not let one compute with pointers that it knows.
 */
export class TrustedSources {
  readonly #casts = new Set<string>();
  /** Raw tracepoint programs that get pointers. */
  readonly tracepoints = new Set<string>();
  /** The calls of bpf_get_current_task() that are to give a pointer. */
  readonly taskCalls: AstNode[] = [];

  constructor(unit: TranslationUnit) {
    if (unit.plainReads) return;
    const search = new Search(unit);
    for (const f of unit.functions) search.look(f);
    for (const { cast, program, call } of search.accepted()) {
      this.#casts.add(cast.id);
      if (program !== undefined) this.tracepoints.add(program);
      if (call !== undefined) this.taskCalls.push(call);
    }
  }

  get any(): boolean {
    return this.#casts.size > 0;
  }

  /** True for a cast whose result the verifier knows. */
  has(cast: AstNode): boolean {
    return this.#casts.has(cast.id);
  }
}

const known = new WeakMap<TranslationUnit, TrustedSources>();

export function trustedSources(unit: TranslationUnit): TrustedSources {
  const sources = known.get(unit) ?? new TrustedSources(unit);
  known.set(unit, sources);
  return sources;
}

class Search {
  readonly #unit: TranslationUnit;
  readonly #tasks: boolean;
  readonly #candidates: Candidate[] = [];
  /** How often each variable is given something. */
  readonly #bindings = new Map<string, number>();
  readonly #escaped = new Set<string>();
  readonly #refused = new Set<string>();

  constructor(unit: TranslationUnit) {
    this.#unit = unit;
    this.#tasks =
      unit.facts.versionCode >= SINCE_TASK_POINTER &&
      unit.programs.every(({ parameters: [context] }) =>
        TRACING_CONTEXT.test(context === undefined ? "" : canonicalType(context)),
      );
  }

  look(f: UserFunction): void {
    const types = f.isStatic ? undefined : traceArguments(f.name, this.#unit.facts);
    if (!this.#tasks && types === undefined) return;
    this.#visit(f.body, [], { f, types });
  }

  /** Those that hold together: a variable needs all that it gets, and a program all of its pointers. */
  accepted(): Candidate[] {
    let left = this.#candidates;
    for (;;) {
      const given = new Map<string, number>();
      for (const { variable } of left) if (variable) given.set(variable, (given.get(variable) ?? 0) + 1);
      const good = ({ variable, program }: Candidate) =>
        (program === undefined || !this.#refused.has(program)) &&
        (variable === undefined ||
          (!this.#escaped.has(variable) && given.get(variable) === this.#bindings.get(variable)));
      const kept = left.filter(good);
      for (const { program } of left.filter((each) => !good(each))) if (program) this.#refused.add(program);
      if (kept.length === left.length) return kept;
      left = kept;
    }
  }

  #visit(node: AstNode, above: readonly AstNode[], place: Place): void {
    if (node.kind === "UnaryExprOrTypeTraitExpr") return;
    if (node.kind === "DeclRefExpr") this.#countUse(node, above);
    if (node.kind === "VarDecl" && initialValue(node) !== undefined) this.#bind(node.id);
    if (node.kind === "CStyleCastExpr" && this.#isCandidate(node, above, place)) {
      // What is inside of the cast was looked at.
      return;
    }
    if (node.kind === "MemberExpr" && isContextArguments(node)) this.#checkArgument(above, place);
    for (const child of children(node)) this.#visit(child, [node, ...above], place);
  }

  #isCandidate(cast: AstNode, above: readonly AstNode[], { f, types }: Place): boolean {
    const inner = stripped(cast);
    const type = pointedStruct(canonicalType(cast));
    const task = this.#tasks && isTaskCall(inner) && type === "struct task_struct";
    const index = argumentIndex(inner);
    const argument = index !== undefined && type !== undefined && types?.[index] === type;
    if (cast.castKind !== "IntegralToPointer" || (!task && !argument)) return false;
    const holder = holderOf(cast, above);
    if (holder === undefined) return false;
    this.#candidates.push({
      cast,
      variable: holder.variable,
      program: argument ? f.name : undefined,
      call: task ? inner : undefined,
    });
    return true;
  }

  /** An argument that is no pointer to a struct is the same number either way. */
  #checkArgument(above: readonly AstNode[], { f, types }: Place): void {
    const index = above.map(argumentIndex).find((each) => each !== undefined);
    if (types === undefined || index === undefined || index >= types.length || types[index] !== "") {
      this.#refused.add(f.name);
    }
  }

  #countUse(use: AstNode, above: readonly AstNode[]): void {
    const id = use.referencedDecl?.id ?? "";
    const [parent, ...more] = above.filter((each) => each.kind !== "ParenExpr");
    if (
      parent?.kind === "BinaryOperator" &&
      parent.opcode === "=" &&
      stripped(children(parent)[0] as AstNode) === use
    ) {
      this.#bind(id);
      return;
    }
    const user =
      parent?.kind === "ImplicitCastExpr" ? more.find((each) => each.kind !== "ImplicitCastExpr") : parent;
    const dereferenced = user?.kind === "MemberExpr" && user.isArrow === true;
    const copied = user?.kind === "CallExpr" && ITS_ADDRESS_IS_ENOUGH.test(calleeName(user) ?? "");
    if (!dereferenced && !copied) this.#escaped.add(id);
  }

  #bind(id: string): void {
    this.#bindings.set(id, (this.#bindings.get(id) ?? 0) + 1);
  }
}

interface Place {
  readonly f: UserFunction;
  readonly types: readonly (string | undefined)[] | undefined;
}

/** What the cast's result goes to; undefined for what nobody follows. */
function holderOf(cast: AstNode, above: readonly AstNode[]): { variable: string | undefined } | undefined {
  const [parent] = above.filter((each) => each.kind !== "ParenExpr");
  if (parent?.kind === "VarDecl" && initialValue(parent) !== undefined) return { variable: parent.id };
  if (parent?.kind === "MemberExpr" && parent.isArrow === true) return { variable: undefined };
  const [left, right] = parent === undefined ? [] : children(parent);
  if (parent?.kind !== "BinaryOperator" || parent.opcode !== "=" || left === undefined) return undefined;
  const variable = stripped(left);
  if (variable.kind !== "DeclRefExpr" || right === undefined || !contains(right, cast)) return undefined;
  return { variable: variable.referencedDecl?.id };
}

function contains(node: AstNode, wanted: AstNode): boolean {
  return (
    node === wanted || (node.kind === "ParenExpr" && children(node).some((each) => contains(each, wanted)))
  );
}

function initialValue(variable: AstNode): AstNode | undefined {
  return children(variable).find((child) => !child.kind.endsWith("Attr"));
}

function isTaskCall(node: AstNode): boolean {
  return node.kind === "CallExpr" && calleeName(node) === "bpf_get_current_task";
}

function isContextArguments(node: AstNode): boolean {
  const base = children(node)[0];
  return (
    node.name === "args" &&
    node.isArrow === true &&
    base !== undefined &&
    canonicalType(base) === "struct bpf_raw_tracepoint_args *"
  );
}

/** The number in `ctx->args[2]`. */
function argumentIndex(node: AstNode): number | undefined {
  const [array, index] = children(node);
  if (node.kind !== "ArraySubscriptExpr" || array === undefined || index === undefined) return undefined;
  const literal = stripped(index);
  if (!isContextArguments(stripped(array)) || literal.kind !== "IntegerLiteral") return undefined;
  return Number(literal.value);
}
