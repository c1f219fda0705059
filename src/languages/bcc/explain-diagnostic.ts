import type { KernelFacts } from "../../facts/kernel-facts.ts";
import type { Diagnostic } from "../../source/diagnostic.ts";
import { similarNames } from "../../source/similar-names.ts";
import { insteadOf, usageAt } from "./explain-call.ts";
import type { Prescan } from "./prescan.ts";
import { kindWithMethod, TABLE_METHODS } from "./table-kinds.ts";

interface Surroundings {
  readonly scan: Prescan;
  readonly facts: KernelFacts;
  readonly missing: readonly { readonly category: string; readonly event: string }[];
}

/** "drop": what another message says already. */
type Explanation = (
  match: RegExpExecArray,
  around: Surroundings,
  diagnostic: Diagnostic,
) => Partial<Diagnostic> | "drop" | undefined;

/** Clang's messages that speak of what stands behind bcc's macros, in the words of the user's text. */
const EXPLANATIONS: readonly (readonly [RegExp, Explanation])[] = [
  [/^no member named '(\w+)' in 'struct (\w+)_table_t'/, unknownMethod],
  [/^no member named '(\w+)' in '(?:struct|union) (\w+)'.*/, unknownMember],
  [/^(?:use of undeclared identifier|unknown type name) '(\w+)'/, unknownName],
  [/^incomplete definition of type 'struct tracepoint__(\w+?)__(\w+)'/, unknownTracepoint],
  [
    /^(?:incomplete definition of|field has incomplete|variable has incomplete) type '(?:const )?(struct|union) (\w+)'/,
    unknownStruct,
  ],
  [/^(?:call to undeclared (?:library )?function|implicit declaration of function) '(\w+)'/, unknownFunction],
  [/^too (?:few|many) arguments to function call/, wrongCount],
  [/^missing terminating '"' character/, unfinishedText],
  [/^redefinition of 'bcc_ts_kind_(\w+)'/, declaredTwice],
  [/^redefinition of '(?:\w+_table_t'|\w+' with a different type: 'struct \(unnamed )/, () => "drop"],
  // Clang only warns, for the sake of programs that keep pointers in integers: the other way is a mistake.
  [/^incompatible integer to pointer conversion/, () => ({ severity: "error" })],
];

/** Clang's findings in our words; each may be more, or fewer. */
export function explainDiagnostics(diagnostics: readonly Diagnostic[], around: Surroundings): Diagnostic[] {
  return diagnostics.flatMap((diagnostic) => {
    for (const [pattern, explain] of EXPLANATIONS) {
      const match = pattern.exec(diagnostic.message);
      const better = match && explain(match, around, diagnostic);
      if (better === "drop") return [];
      if (better) return [{ ...diagnostic, ...better }];
    }
    return [diagnostic];
  });
}

function unknownMethod([, method = "", table = ""]: RegExpExecArray): Partial<Diagnostic> {
  const similar = similarNames(method, TABLE_METHODS, 1)[0];
  const hint =
    similar === undefined ? "docs/dialect.md lists the methods of each kind." : didYouMean(similar);
  const message = `the table ${table} has no method '${method}'`;
  return { code: "UNKNOWN_METHOD", message, hint: kindWithMethod(method) ?? hint };
}

function unknownMember([message, member = "", tag = ""]: RegExpExecArray, { facts }: Surroundings) {
  if (/did you mean/.test(message)) return { code: "UNKNOWN_MEMBER" };
  const id = facts.btf.find(["struct", "union"], tag);
  const type = id === undefined ? undefined : facts.btf.type(id);
  if (type === undefined || (type.kind !== "struct" && type.kind !== "union")) return undefined;
  const similar = similarNames(
    member,
    type.members.map((m) => m.name).filter((name) => name !== ""),
    3,
  );
  const hint =
    similar.length === 0
      ? `struct ${tag} of Linux ${facts.release} has no such member.`
      : didYouMean(...similar);
  return { code: "UNKNOWN_MEMBER", hint };
}

function unknownName(
  [, name = ""]: RegExpExecArray,
  { scan }: Surroundings,
): Partial<Diagnostic> | undefined {
  const known = [...scan.defined.ordinary, ...scan.defined.macros, ...scan.identifiers].filter(
    (n) => n !== name,
  );
  if (/^BPF_/.test(name))
    return { code: "UNKNOWN_NAME", hint: `${name} is not a table macro that bcc-ts knows.` };
  const similar = similarNames(name, new Set(known), 2);
  const hint =
    similar.length > 0 ? didYouMean(...similar) : "Neither the program nor the kernel's BTF has it.";
  return { code: "UNKNOWN_NAME", hint };
}

function unknownFunction([, name = ""]: RegExpExecArray, { scan }: Surroundings): Partial<Diagnostic> {
  const similar = similarNames(name, scan.defined.ordinary, 2);
  const hint =
    insteadOf(name) ??
    (similar.length > 0
      ? didYouMean(...similar)
      : "A BPF program can call its own functions and the kernel's helpers, nothing else.");
  return {
    severity: "error",
    code: "UNKNOWN_FUNCTION",
    message: `there is no function '${name}' here`,
    hint,
    ...(insteadOf(name) === undefined ? {} : { notes: [] }),
  };
}

function unknownStruct([, kind = "", tag = ""]: RegExpExecArray, { scan, facts }: Surroundings) {
  if (facts.btf.find(["struct", "union"], tag) !== undefined || /^bpf_|^tracepoint__/.test(tag))
    return undefined;
  const known = [...facts.btf.names("struct"), ...[...scan.defined.tags].filter((name) => name !== tag)];
  const similar = similarNames(tag, new Set(known), 2);
  const hint =
    similar.length > 0
      ? didYouMean(...similar.map((name) => `struct ${name}`))
      : "It must stand before its use; of the kernel's structs those are known that BTF describes.";
  return { code: "UNKNOWN_TYPE", message: `the ${kind} ${tag} is not defined`, hint, notes: [] };
}

function wrongCount(_match: RegExpExecArray, _around: Surroundings, diagnostic: Diagnostic) {
  const usage = usageAt(diagnostic);
  return usage === undefined ? undefined : { code: "ARGUMENTS", hint: `It is called so: ${usage}.` };
}

function unfinishedText(): Partial<Diagnostic> {
  const hint = "In a template of JavaScript \\n is a line end of the C text: write \\\\n.";
  return { severity: "error", code: "UNFINISHED_TEXT", message: "a text ends with its line", hint };
}

function declaredTwice([, table = ""]: RegExpExecArray): Partial<Diagnostic> {
  return { code: "TABLE_TWICE", message: `the table ${table} is declared twice` };
}

function unknownTracepoint(
  [, category = "", event = ""]: RegExpExecArray,
  { facts, missing }: Surroundings,
): Partial<Diagnostic> | undefined {
  if (!missing.some((m) => m.category === category && m.event === event)) return undefined;
  const message = `Linux ${facts.release} has no tracepoint ${category}:${event}`;
  const similar = similarNames(event, facts.tracepoints(category), 3);
  const categories = similar.length > 0 ? [] : similarNames(category, facts.tracepoints(), 3);
  const names = similar.length > 0 ? similar.map((s) => `${category}:${s}`) : categories;
  return {
    code: "UNKNOWN_TRACEPOINT",
    message,
    notes: [],
    hint: names.length > 0 ? didYouMean(...names) : undefined,
  };
}

function didYouMean(...names: string[]): string {
  return `Did you mean ${names.join(" or ")}?`;
}
