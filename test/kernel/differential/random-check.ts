import { pick, type Random } from "../../unit/values/c-types.ts";
import type { Node } from "./node-graph.ts";
import { type NodePointer, type Number64, RandomExpression } from "./random-expression.ts";

/** A function whose result is known. */
export interface Check {
  readonly name: string;
  readonly c: string;
  readonly value: bigint;
}

/** The tables and structs that checks carry pointers through. */
export const CARRIERS = `
struct hold { u32 n; struct node *held; struct leaf *leaf; };
BPF_HASH(pointers, u32, struct node *, 4096);
BPF_HASH(holds, u32, struct hold, 4096);
BPF_ARRAY(results, u64, 4096);
union word { struct node *node; u64 number; void *any; };
static struct node *let_go(struct hold *h) { return h->held; }
static void give(struct node **out, struct node *from) { *out = from->next; }
static int copy_out(void *out, u32 size, const void *from) { return bpf_probe_read(out, size, from); }
static u64 address_of(struct node *n) { return (u64)&n->inner; }
static void take(struct hold *h, struct node *n) { h->held = n; h->n = 1; }
`;

/** A program that carries pointers through variables, structs, functions and tables, then computes a number. */
export function randomCheck(
  index: number,
  nodes: readonly Node[],
  random: Random,
  bitFields: boolean,
): Check {
  const name = `check_${index}`;
  const pointers: NodePointer[] = [
    { c: "root", node: nodes[0] as Node },
    { c: "second", node: nodes[1] as Node },
  ];
  const expression = new RandomExpression(random, pointers, { bitFields });
  const lines: string[] = [];
  for (let i = random.below(4); i > 0; i--) {
    const key = index * 4 + i;
    const { code, pointer } = pick(random, CARRIES)({ expression, random, v: `v${i}`, key });
    lines.push(code);
    pointers.push(...pointer);
  }
  const { c, value } = expression.number(2);
  const roots = [
    "struct node *root = (struct node *)ctx->args[0];",
    "struct node *second = (void *)ctx->args[1];",
  ];
  return { name, value, c: checkText(name, index, [...roots, ...lines], c) };
}

/** A program that stores the result of an expression. */
export function checkText(name: string, index: number, lines: readonly string[], result: string): string {
  return `
int ${name}(struct bpf_raw_tracepoint_args *ctx)
{
	u32 index = ${index};
${lines.map((line) => `\t${line}\n`).join("")}	u64 result = ${result};
	results.update((int *)&index, &result);
	return 0;
}`;
}

interface Scene {
  readonly expression: RandomExpression;
  readonly random: Random;
  /** A name that is free. */
  readonly v: string;
  readonly key: number;
}

interface Carried {
  readonly code: string;
  readonly pointer: readonly NodePointer[];
}

const declared = ({ expression, v }: Scene): Carried => {
  const { c, node } = expression.nodePointer(2);
  return { code: `struct node *${v} = ${c};`, pointer: [{ c: v, node }] };
};

const assignedInBranches = ({ expression, v }: Scene): Carried => {
  const [condition, yes, no] = [expression.number(0), expression.nodePointer(1), expression.nodePointer(1)];
  const code = `struct node *${v}; if (${condition.c}) ${v} = ${yes.c}; else ${v} = ${no.c};`;
  return { code, pointer: [{ c: v, node: isTrue(condition) ? yes.node : no.node }] };
};

const switched = ({ expression, v }: Scene): Carried => {
  const [number, two, other] = [expression.number(0), expression.nodePointer(1), expression.nodePointer(1)];
  const code = `struct node *${v} = 0; switch (${number.c} & 3) { case 2: ${v} = ${two.c}; break; default: ${v} = ${other.c}; }`;
  return { code, pointer: [{ c: v, node: (number.value & 3n) === 2n ? two.node : other.node }] };
};

const addressed = ({ expression, v }: Scene): Carried => {
  const { c, node } = expression.nodePointer(1);
  const code = `struct node *${v} = ${c}, **${v}p = &${v};`;
  return {
    code,
    pointer: [
      { c: `(*${v}p)`, node },
      { c: `${v}p[0]`, node },
    ],
  };
};

const table = ({ expression, v }: Scene): Carried => {
  const { c, node } = expression.nodePointer(1);
  const items = node.links.table.items;
  const code = `struct node **${v} = ${c}->table;`;
  return {
    code,
    pointer: items.map((item, k) => ({ c: k === 0 ? `(*${v})` : `${v}[${k}]`, node: item })),
  };
};

const initialisedStruct = ({ expression, v }: Scene): Carried => {
  const { c, node } = expression.nodePointer(1);
  return {
    code: `struct hold ${v} = { .n = 1, .held = ${c} };`,
    pointer: [
      { c: `${v}.held`, node },
      { c: `(&${v})->held`, node },
      { c: `let_go(&${v})`, node },
    ],
  };
};

const assignedStruct = ({ expression, v }: Scene): Carried => {
  const { c, node } = expression.nodePointer(1);
  return { code: `struct hold ${v} = {}; ${v}.held = ${c};`, pointer: [{ c: `${v}.held`, node }] };
};

const filledByFunction = ({ expression, v }: Scene): Carried => {
  const { c, node } = expression.nodePointer(1);
  return { code: `struct hold ${v} = {}; take(&${v}, ${c});`, pointer: [{ c: `${v}.held`, node }] };
};

const copiedStruct = ({ expression, v }: Scene): Carried => {
  const { c, node } = expression.nodePointer(1);
  return { code: `struct inner ${v} = ${c}->inner;`, pointer: [{ c: `${v}.back`, node: node.links.back }] };
};

const array = ({ expression, v }: Scene): Carried => {
  const [a, b] = [expression.nodePointer(1), expression.nodePointer(1)];
  return {
    code: `struct node *${v}[2] = { ${a.c} }; ${v}[1] = ${b.c};`,
    pointer: [
      { c: `${v}[0]`, node: a.node },
      { c: `${v}[1]`, node: b.node },
    ],
  };
};

const throughTable = ({ expression, v, key }: Scene): Carried => {
  const { c, node } = expression.nodePointer(1);
  const code = `struct node *${v} = ${c}; u32 ${v}k = ${key}; pointers.update(&${v}k, &${v}); struct node **${v}p = pointers.lookup(&${v}k); if (!${v}p) return 0;`;
  return {
    code,
    pointer: [
      { c: `(*${v}p)`, node },
      { c: `${v}p[0]`, node },
    ],
  };
};

const structThroughTable = ({ expression, v, key }: Scene): Carried => {
  const { c, node } = expression.nodePointer(1);
  const code = `struct hold ${v} = {}; ${v}.held = ${c}; u32 ${v}k = ${key}; struct hold *${v}p = holds.lookup_or_try_init(&${v}k, &${v}); if (!${v}p) return 0;`;
  return {
    code,
    pointer: [
      { c: `${v}p->held`, node },
      { c: `let_go(${v}p)`, node },
    ],
  };
};

const givenBack = ({ expression, v }: Scene): Carried => {
  const { c, node } = expression.nodePointer(1);
  return {
    code: `struct node *${v} = 0; give(&${v}, ${c});`,
    pointer: [{ c: v, node: node.links.next }],
  };
};

const copiedByFunction = ({ expression, v }: Scene): Carried => {
  const { c, node } = expression.nodePointer(1);
  return {
    code: `struct node *${v} = 0; copy_out(&${v}, sizeof(${v}), &${c}->inner.back);`,
    pointer: [{ c: v, node: node.links.back }],
  };
};

const writtenThroughPointer = ({ expression, v, random }: Scene): Carried => {
  const [a, b] = [expression.nodePointer(1), expression.nodePointer(1)];
  const member = random.below(2) === 0;
  const code = member
    ? `struct hold ${v} = {}; struct node **${v}p = &${v}.held; *${v}p = ${a.c}; ${v}p[0] = ${b.c};`
    : `struct node *${v}[2] = {}, **${v}p = ${v}; *${v}p = ${a.c}; *(${v}p + 1) = ${b.c};`;
  const pointer = member
    ? [{ c: `${v}.held`, node: b.node }]
    : [
        { c: `${v}[0]`, node: a.node },
        { c: `${v}[1]`, node: b.node },
      ];
  return { code, pointer };
};

const writtenIntoTable = ({ expression, v, key }: Scene): Carried => {
  const { c, node } = expression.nodePointer(1);
  const code = `struct node *${v} = 0; u32 ${v}k = ${key}; struct node **${v}p = pointers.lookup_or_try_init(&${v}k, &${v}); if (!${v}p) return 0; *${v}p = ${c}; struct node **${v}q = pointers.lookup(&${v}k); if (!${v}q) return 0;`;
  return { code, pointer: [{ c: `(*${v}q)`, node }] };
};

/** A pointer to pointers that leads to a variable first, and then into the nodes. */
const walkedByAddress = ({ expression, v, random }: Scene): Carried => {
  const start = expression.nodePointer(1);
  const rounds = random.below(3);
  let { node } = start;
  for (let i = 0; i < rounds; i++) node = node.links.next;
  const code = `struct node *${v} = ${start.c}, **${v}p = &${v}; for (int i = 0; i < ${rounds}; i++) ${v}p = &(*${v}p)->next;`;
  return { code, pointer: [{ c: `(*${v}p)`, node }] };
};

const inUnion = ({ expression, v }: Scene): Carried => {
  const { c, node } = expression.nodePointer(1);
  return {
    code: `union word ${v} = { .number = (u64)${c} };`,
    pointer: [
      { c: `${v}.node`, node },
      { c: `((struct node *)${v}.any)`, node },
    ],
  };
};

const asNumber = ({ expression, v }: Scene): Carried => {
  const [a, b] = [expression.nodePointer(1), expression.nodePointer(1)];
  const condition = expression.number(0);
  const chosen = isTrue(condition) ? a.node : b.node;
  return {
    code: `u64 ${v} = ${condition.c} ? (u64)${a.c} : (u64)${b.c}; unsigned long ${v}i = address_of((struct node *)${v});`,
    pointer: [
      { c: `((struct node *)${v})`, node: chosen },
      { c: `((struct inner *)${v}i)->back`, node: chosen.links.back },
      { c: `((struct inner *)(address_of((void *)${v})))->back`, node: chosen.links.back },
    ],
  };
};

const staticVariable = ({ expression, v, key }: Scene): Carried => {
  const { c, node } = expression.nodePointer(1);
  return {
    code: `static struct node *${v}_${key}; ${v}_${key} = ${c};`,
    pointer: [{ c: `${v}_${key}`, node }],
  };
};

const jumpedOver = ({ expression, v }: Scene): Carried => {
  const [condition, a, b] = [expression.number(0), expression.nodePointer(1), expression.nodePointer(1)];
  const code = `struct node *${v} = ${a.c}; if (${condition.c}) goto ${v}out; ${v} = ${b.c}; ${v}out:;`;
  return { code, pointer: [{ c: v, node: isTrue(condition) ? a.node : b.node }] };
};

const structByValue = ({ expression, v }: Scene): Carried => {
  const [a, b] = [expression.nodePointer(1), expression.nodePointer(1)];
  const code = `struct hold ${v}a = { 1, ${a.c} }, ${v}[2] = { ${v}a, { .held = ${b.c} } }, ${v}c; ${v}c = ${v}[1];`;
  return {
    code,
    pointer: [
      { c: `${v}[0].held`, node: a.node },
      { c: `(${v} + 1)->held`, node: b.node },
      { c: `${v}c.held`, node: b.node },
      { c: `(struct hold){ .held = ${v}c.held }.held`, node: b.node },
    ],
  };
};

const looped = ({ expression, v, random }: Scene): Carried => {
  const start = expression.nodePointer(1);
  const rounds = 1 + random.below(4);
  let { node } = start;
  for (let i = 0; i < rounds; i++) node = node.links.next;
  const unroll = random.below(2) === 0 ? '_Pragma("unroll") ' : "";
  // The use stands before the assignment that the next round needs.
  const code = `struct node *${v} = 0, *${v}n = ${start.c}; ${unroll}for (int i = 0; i < ${rounds + 1}; i++) { ${v} = ${v}n; ${v}n = ${v}->next; }`;
  return { code, pointer: [{ c: v, node }] };
};

const CARRIES = [
  declared,
  assignedInBranches,
  switched,
  addressed,
  table,
  initialisedStruct,
  assignedStruct,
  filledByFunction,
  copiedStruct,
  array,
  throughTable,
  structThroughTable,
  looped,
  givenBack,
  copiedByFunction,
  writtenThroughPointer,
  writtenIntoTable,
  walkedByAddress,
  inUnion,
  asNumber,
  staticVariable,
  jumpedOver,
  structByValue,
] as const;

function isTrue({ value }: Number64): boolean {
  return value !== 0n;
}
