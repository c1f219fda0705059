import type { Btf } from "../btf/btf.ts";
import type { BtfKind, BtfType } from "../btf/btf-type.ts";
import { spell } from "../btf/c-name.ts";
import { globPattern } from "./glob.ts";

const KEYWORD = /^(struct|union|enum)\s+(\S+)$/;
/** Anonymous structs in each other; damaged BTF has no end. */
const MOST_DEPTH = 20;

/** The kernel's types that "struct file", "union sig*" or "enum *" names; undefined for what is no such text. */
export function typesNamed(btf: Btf, text: string): readonly number[] | undefined {
  const [, keyword, glob = ""] = KEYWORD.exec(text.trim()) ?? [];
  if (keyword === undefined) return undefined;
  const wanted = globPattern(glob);
  const names = new Set([...btf.names(keyword as BtfKind)].filter((name) => wanted.test(name)));
  return [...names].sort().flatMap((name) => btf.find(keyword as BtfKind, name) ?? []);
}

/** "struct file", or with its members as C declares it. */
export function describeType(btf: Btf, id: number, whole: boolean): string {
  const type = btf.type(id);
  const head = spell(btf, id);
  return whole ? `${head} ${body(btf, type, 0)};` : head;
}

function body(btf: Btf, type: BtfType, depth: number): string {
  const indent = "\t".repeat(depth);
  const lines =
    type.kind === "enum"
      ? type.values.map(({ name, value }) => `${name} = ${value},`)
      : type.kind === "struct" || type.kind === "union"
        ? type.members.map(
            ({ name, type: of, bitSize }) => `${member(btf, of, name, depth)}${bits(bitSize)};`,
          )
        : [];
  return ["{", ...lines.map((line) => `${indent}\t${line}`), `${indent}}`].join("\n");
}

function bits(size: number): string {
  return size === 0 ? "" : `:${size}`;
}

/** The members of an anonymous struct are written where it is used. */
function member(btf: Btf, id: number, name: string, depth: number): string {
  const type = btf.type(id);
  const isOpen = (type.kind === "struct" || type.kind === "union") && type.name === "";
  if (!isOpen || depth >= MOST_DEPTH) return spell(btf, id, name);
  return `${type.kind} ${body(btf, type, depth + 1)}${name === "" ? "" : ` ${name}`}`;
}
