import type { Btf } from "./btf.ts";
import { Declarator, type LeafType } from "./declarator.ts";

/**
 * The C spelling of a type for people: "struct sock *", "char [16]", "int (*)(struct file *, loff_t)". With a
 * declarator, the declaration of that name: "char comm[16]". Anonymous types are "struct {...}".
 */
export function spell(btf: Btf, id: number, declarator = ""): string {
  return new Declarator(btf, (_id, type) => leafName(type)).declare(id, declarator);
}

/** The name of a type that has one, with its keyword where C wants one. */
function leafName(type: LeafType): string {
  switch (type.kind) {
    case "void":
      return "void";
    case "int":
    case "float":
    case "typedef":
      return type.name;
    case "fwd":
      return `${type.of} ${type.name}`;
    default:
      return type.name === "" ? `${type.kind} {...}` : `${type.kind} ${type.name}`;
  }
}
