import { ownTypes } from "./own-types.ts";
import { type AstNode, canonicalType, children, walk } from "./syntax-tree.ts";
import { pointedStruct, tracedFunction } from "./traced-function.ts";
import { calleeName, type TranslationUnit, type UserFunction } from "./translation-unit.ts";
import { type TrustedSources, trustedSources } from "./trusted-sources.ts";

/** Functions that get user pointers with the types of structs: a direct load of those gives 0. */
const TAKES_USER_POINTERS = /(?:^|_)(?:sys|compat_sys)_/;

const ITERATOR_CONTEXT = /^struct bpf_iter__\w+ \*$/;

/** What one variable got in all the text. */
type Bindings = Map<string, (AstNode | undefined)[]>;

/**
 * The reads of kernel memory that need no probe read: through pointers that the verifier itself follows, from the
 * arguments of a program of a trampoline (fentry, fexit, fmod_ret, LSM) or of an iterator. Such a load is one
 * instruction instead of a call. The verifier loses track at a cast to another type, a union's pointer, a
 * variable index and a table, so behind those everything is read as elsewhere.
 */
export class TrustedPointers {
  readonly #variables = new Set<string>();
  readonly #ownTypes: ReadonlySet<string>;
  readonly #sources: TrustedSources;
  readonly #isOff: boolean;

  constructor(unit: TranslationUnit) {
    this.#isOff = unit.plainReads;
    this.#sources = trustedSources(unit);
    this.#ownTypes = ownTypes(unit);
    if (this.#isOff) return;
    const arguments_ = unit.programs.flatMap((program) => trustedArguments(program, unit));
    if (arguments_.length === 0 && !this.#sources.any && !unit.programs.some(isIterator)) return;
    for (const { id } of arguments_) this.#variables.add(id);
    const bindings = collectBindings(unit);
    // A variable is followed while all that it ever gets is: those that get anything else are taken out.
    for (const id of bindings.keys()) this.#variables.add(id);
    for (let before = -1; before !== this.#variables.size; ) {
      before = this.#variables.size;
      for (const [id, values] of bindings) {
        if (!values.every((value) => value !== undefined && this.#follows(value))) this.#variables.delete(id);
      }
    }
  }

  /** True for an lvalue in kernel memory that a plain load reads. */
  reads(place: AstNode): boolean {
    if (this.#isOff) return false;
    if (this.#variables.size === 0 && !this.#sources.any && !mayBeIterator(place)) return false;
    return this.#reads(place);
  }

  #reads(place: AstNode): boolean {
    const [first, second] = children(place);
    if (first === undefined) return false;
    switch (place.kind) {
      case "ParenExpr":
        return this.#reads(first);
      case "MemberExpr":
        return place.isArrow ? this.#follows(first) : this.#reads(first);
      case "ArraySubscriptExpr": {
        const array = withoutDecay(first);
        return array !== undefined && second !== undefined && isLiteral(second) && this.#reads(array);
      }
      default:
        return false;
    }
  }

  /** True for a pointer value that the verifier knows to point to a struct of its declared type. */
  #follows(value: AstNode): boolean {
    const first = children(value).at(-1);
    const pointee = pointedStruct(canonicalType(value));
    if (first === undefined && value.kind !== "DeclRefExpr") return false;
    if (pointee === undefined || this.#ownTypes.has(pointee)) return false;
    switch (value.kind) {
      case "ParenExpr":
        return first !== undefined && this.#follows(first);
      case "CStyleCastExpr":
        if (this.#sources.has(value)) return true;
        return first !== undefined && pointedStruct(canonicalType(first)) === pointee && this.#follows(first);
      case "ImplicitCastExpr":
        if (first === undefined) return false;
        if (value.castKind === "LValueToRValue") return this.#holds(first);
        return pointedStruct(canonicalType(first)) === pointee && this.#follows(first);
      default:
        return false;
    }
  }

  /** True for an lvalue whose pointer the verifier follows: a variable, or a member of what it follows. */
  #holds(place: AstNode): boolean {
    if (place.kind === "ParenExpr") return children(place).some((inner) => this.#holds(inner));
    if (place.kind === "DeclRefExpr") return this.#variables.has(place.referencedDecl?.id ?? "");
    if (place.kind !== "MemberExpr") return false;
    const base = children(place)[0];
    if (base === undefined) return false;
    if (place.isArrow && ITERATOR_CONTEXT.test(canonicalType(base))) return true;
    return !isInUnion(place) && !MAY_BE_NULL.has(place.name ?? "") && this.#reads(place);
  }
}

/** Members that newer verifiers want to be compared with NULL before they are dereferenced. */
const MAY_BE_NULL: ReadonlySet<string> = new Set(["exe_file", "sk", "d_inode", "vm_file", "vm_mm"]);

function trustedArguments(program: UserFunction, unit: TranslationUnit): AstNode[] {
  const [context, ...rest] = program.parameters;
  if (context === undefined || canonicalType(context) !== "unsigned long long *") return [];
  const traced = tracedFunction(program.name, unit.facts);
  if (traced === undefined || TAKES_USER_POINTERS.test(traced.name)) return [];
  return rest.filter((parameter, i) => {
    const type = traced.parameters[i];
    return type !== undefined && pointedStruct(canonicalType(parameter)) === type;
  });
}

/** All that the variables with a pointer to a struct get; `undefined` for what cannot be told. */
function collectBindings(unit: TranslationUnit): Bindings {
  const bindings: Bindings = new Map();
  const add = (id: string | undefined, value: AstNode | undefined) => {
    if (id !== undefined) bindings.set(id, [...(bindings.get(id) ?? []), value]);
  };
  const byName = new Map(unit.functions.filter((f) => f.isStatic).map((f) => [f.name, f]));
  for (const f of byName.values()) {
    const apart = children(f.node).some((child) => child.kind === "NoInlineAttr");
    for (const { id } of apart ? f.parameters : []) add(id, undefined);
  }
  unit.visitBodies((node) => {
    const [first, second] = children(node);
    if (node.kind === "VarDecl" && pointedStruct(canonicalType(node)) !== undefined) {
      const value = children(node).find((child) => !child.kind.endsWith("Attr"));
      if (value !== undefined) add(node.id, value);
    } else if (node.kind === "BinaryOperator" && node.opcode === "=" && first?.kind === "DeclRefExpr") {
      add(first.referencedDecl?.id, second);
    } else if (node.kind === "CompoundAssignOperator" || node.kind === "UnaryOperator") {
      // Its address is taken, or it is counted up.
      if (first?.kind === "DeclRefExpr") add(first.referencedDecl?.id, undefined);
    } else if (node.kind === "CallExpr") {
      const parameters = byName.get(calleeName(node) ?? "")?.parameters ?? [];
      parameters.forEach(({ id }, i) => {
        add(id, children(node)[i + 1]);
      });
    }
    return true;
  });
  return bindings;
}

function isIterator(program: UserFunction): boolean {
  const context = program.parameters[0];
  return context !== undefined && ITERATOR_CONTEXT.test(canonicalType(context));
}

function mayBeIterator(place: AstNode): boolean {
  let found = false;
  walk(place, (node) => {
    found ||= ITERATOR_CONTEXT.test(canonicalType(node));
    return !found;
  });
  return found;
}

function withoutDecay(node: AstNode): AstNode | undefined {
  return node.castKind === "ArrayToPointerDecay" ? children(node)[0] : undefined;
}

function isLiteral(node: AstNode): boolean {
  const inner = children(node)[0];
  return (
    node.kind === "IntegerLiteral" || (inner !== undefined && node.kind !== "DeclRefExpr" && isLiteral(inner))
  );
}

/** A pointer that shares its place with something else is a number to the verifier. */
function isInUnion(member: AstNode): boolean {
  for (let at: AstNode | undefined = member; at?.kind === "MemberExpr"; at = children(at)[0]) {
    const base: AstNode | undefined = children(at)[0];
    if (base !== undefined && /^(?:const )?union\b/.test(canonicalType(base))) return true;
    if (
      base !== undefined &&
      /\bunion \((?:unnamed|anonymous)|::\((?:unnamed|anonymous) union/.test(canonicalType(base))
    )
      return true;
    if (at.isArrow) return false;
  }
  return false;
}
