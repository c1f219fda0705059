import type { Btf } from "../btf/btf.ts";
import { spell } from "../btf/c-name.ts";
import type { KernelFacts } from "../facts/kernel-facts.ts";
import { userTypes } from "../kernel/user-types.ts";
import type { ListedProbe } from "./list-probes.ts";

/** What a probe's `args` has, each as C declares it: "struct file * file". None where there is nothing to know. */
export function probeArguments(facts: KernelFacts, { provider, name }: ListedProbe): string[] {
  const last = name.slice(name.lastIndexOf(":") + 1);
  switch (provider) {
    case "tracepoint":
      return tracepointFields(facts, name);
    case "fentry":
    case "fexit":
      return functionArguments(btfOf(facts, name), last, provider === "fexit");
    case "rawtracepoint":
      // The function that calls the programs of a raw tracepoint has names; its first argument is the kernel's own.
      return functionArguments(btfOf(facts, name), `__traceiter_${last}`, false).slice(1);
    case "uprobe":
      return userArguments(name);
    case "iter":
      return members(facts.btf, `bpf_iter__${last}`);
    default:
      return [];
  }
}

/** The types of the module that a name begins with. */
function btfOf(facts: KernelFacts, name: string): Btf {
  return facts.modules?.named(name.split(":")[0] ?? "")?.btf ?? facts.btf;
}

/** Of a function of a program that has debug information. */
function userArguments(name: string): string[] {
  const at = name.lastIndexOf(":");
  const symbol = name.slice(at + 1);
  const btf = userTypes(name.slice(0, at), [symbol]);
  return btf === undefined ? [] : functionArguments(btf, symbol, false);
}

const FIELD = /^\s*field:([^;]+);/gm;

function tracepointFields(facts: KernelFacts, name: string): string[] {
  const [category = "", event = ""] = name.split(":");
  const format = facts.tracepointFormat(category, event) ?? "";
  const fields = Array.from(format.matchAll(FIELD), ([, declaration = ""]) => declaration.trim());
  return fields.filter((declaration) => !/\bcommon_\w+$/.test(declaration));
}

function functionArguments(btf: Btf, name: string, withReturn: boolean): string[] {
  const id = btf.find("func", name);
  const func = id === undefined ? undefined : btf.type(id);
  const prototype = func?.kind === "func" ? btf.type(func.to) : undefined;
  if (prototype?.kind !== "func_proto") return [];
  const declared = prototype.parameters.map((each) => declaration(btf, each.type, each.name));
  if (!withReturn || prototype.returns === 0) return declared;
  return [...declared, declaration(btf, prototype.returns, "retval")];
}

/** The first member of an iterator's context is the kernel's own. */
function members(btf: Btf, name: string): string[] {
  const id = btf.find("struct", name);
  const type = id === undefined ? undefined : btf.type(id);
  if (type?.kind !== "struct") return [];
  return type.members.flatMap((member) => {
    const inner = member.name === "" ? btf.type(member.type) : undefined;
    const own = inner?.kind === "union" || inner?.kind === "struct" ? inner.members : [member];
    return own.filter((each) => each.name !== "meta").map((each) => declaration(btf, each.type, each.name));
  });
}

/** A blank stands on both sides of the stars, as these lists have always had it. */
function declaration(btf: Btf, type: number, name: string): string {
  return spell(btf, type, name).replace(/ (\*+)(?=\w)/g, " $1 ");
}
