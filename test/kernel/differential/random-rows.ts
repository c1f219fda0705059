import type { Btf } from "../../../src/btf/btf.ts";
import { pick, type Random } from "../../unit/values/c-types.ts";
import { type Check, checkText } from "./random-check.ts";

/** Kernel structs with many numbers in them; of each two are made of random bytes in our own memory. */
export const STRUCTS = ["inode", "sock", "sk_buff", "task_struct", "dentry", "iphdr", "tcphdr"] as const;

/** A whole number of a struct, by its path, as the kernel's types have it. */
interface NumberMember {
  readonly path: string;
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
}

/** Memory that a program reads as a struct. */
export interface StructMemory {
  readonly struct: string;
  readonly views: readonly [DataView, DataView];
  readonly members: readonly NumberMember[];
}

/** The plain numbers of a struct that lie in its first bytes, those of structs in it, too. */
export function numbersOf(btf: Btf, struct: string): NumberMember[] {
  const walk = (id: number, prefix: string, base: number): NumberMember[] => {
    const type = btf.type(btf.resolve(id));
    if (type.kind !== "struct" && type.kind !== "union") return [];
    return type.members.flatMap(({ name, type: inner, bitOffset, bitSize }) => {
      const member = btf.type(btf.resolve(inner));
      const offset = base + bitOffset / 8;
      const path = prefix === "" ? name : `${prefix}.${name}`;
      if (member.kind === "struct" || member.kind === "union") {
        return walk(inner, name === "" ? prefix : path, offset);
      }
      if (member.kind !== "int" || member.encoding === "bool" || bitSize !== 0 || name === "") return [];
      if (member.size > 8 || offset + member.size > 256) return [];
      return [{ path, offset, size: member.size, signed: member.encoding === "signed" }];
    });
  };
  return walk(btf.find("struct", struct) ?? 0, "", 0);
}

/** Statements in rows that read members of two structs through variables that change, and what they add up to. */
export function randomRows(index: number, memory: StructMemory, random: Random): Check {
  const { struct, members, views } = memory;
  const at = new Map<string, DataView>([
    ["p", views[0]],
    ["q", views[1]],
  ]);
  let sum = 0n;
  const read = (variable: string, { offset, size, signed }: NumberMember): bigint => {
    const view = at.get(variable) as DataView;
    let raw = 0n;
    for (let i = size - 1; i >= 0; i--) raw = (raw << 8n) | BigInt(view.getUint8(offset + i));
    return BigInt.asUintN(64, signed ? BigInt.asIntN(size * 8, raw) : raw);
  };
  const lines: string[] = [];
  for (let i = 0; i < 3 + random.below(8); i++) {
    const [a, b, v] = [pick(random, members), pick(random, members), pick(random, ["p", "q"])];
    const w = v === "p" ? "q" : "p";
    const [x, y, z] = [read(v, a), read(v, b), read(w, b)];
    switch (random.below(8)) {
      case 0:
        lines.push(`if (${v}->${a.path}) r += (u64)${v}->${b.path};`);
        if (x !== 0n) sum += y;
        break;
      case 1:
        lines.push(`r += ${v}->${a.path} & 1 ? (u64)${v}->${b.path} : (u64)${w}->${b.path};`);
        sum += (x & 1n) === 1n ? y : z;
        break;
      case 2: {
        lines.push("swap = p; p = q; q = swap;");
        const [first, second] = [at.get("p") as DataView, at.get("q") as DataView];
        at.set("p", second).set("q", first);
        break;
      }
      case 3:
        lines.push(`{ struct ${struct} *in = ${v}; r += (u64)in->${a.path} ^ (u64)in->${b.path}; }`);
        sum += x ^ y;
        break;
      case 4:
        lines.push(`u64 v${i} = ${v}->${a.path}, w${i} = ${v}->${b.path}; r += v${i} - w${i};`);
        sum += x - y;
        break;
      case 5:
        lines.push(`for (int i = 0; i < 3; i++) { r += (u64)${v}->${a.path}; r ^= (u64)${v}->${b.path}; }`);
        for (let turn = 0; turn < 3; turn++) sum = BigInt.asUintN(64, sum + x) ^ y;
        break;
      default:
        lines.push(`r += (u64)${v}->${a.path};`);
        sum += x;
    }
    sum = BigInt.asUintN(64, sum);
  }
  const head = [
    `struct ${struct} *p = (struct ${struct} *)ctx->args[0], *q = (void *)ctx->args[1], *swap;`,
    "u64 r = 0;",
  ];
  const name = `rows_${index}`;
  return { name, value: sum, c: checkText(name, index, [...head, ...lines], "r") };
}
