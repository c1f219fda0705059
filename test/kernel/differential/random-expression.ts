import { pick, type Random } from "../../unit/values/c-types.ts";
import type { Leaf, Node } from "./node-graph.ts";

/** C for a pointer to a node, and the node it points to. */
export interface NodePointer {
  readonly c: string;
  readonly node: Node;
}

interface LeafPlace {
  readonly c: string;
  readonly leaf: Leaf;
}

/** C of type u64, and its value. */
export interface Number64 {
  readonly c: string;
  readonly value: bigint;
}

/** What expressions call besides each other. */
export const HELPERS = `
#define NEXT(p) ((p)->next)
#define ID_OF(p) (p)->id
#define MEMBER(p, m) ((p)->m)
static struct node *step(struct node *a) { return a->next; }
static struct node *choose(struct node *a, struct node *b, int second) { if (second) return b; return a; }
static __always_inline struct node *far(struct node *a) { struct node *b = a->many[1]; return b->inner.back; }
static long long sum(const struct leaf *leaf) { return leaf->l + leaf->i; }
static u64 id_through(struct node **p) { return (*p)->id; }
static struct leaf *inside(struct node *a) { return &a->inner.in; }
static struct inner whole(struct node *a) { return a->inner; }
static struct node *either(struct node *a, struct node *b, u64 n) { switch (n & 1) { case 0: return a; default: break; } return b; }
static const int STEPS[4] = { 0, 2, 1, 3 };
#define FOLLOW(p, link) ({ struct node *t_ = (p); t_ ? t_->link : t_; })
#define BACK_OF(p) (p)->inner.back
#define BITS(p) ((p)->leaf.low << 3 | (p)->leaf.high)
`;

/** Of three nodes. */
function idsAlong({ id, links: { next } }: Node): number {
  return id + next.id + next.links.next.id;
}

function lettersAlong(node: Node): bigint {
  const { other } = node.links;
  return [node, other, other.links.other].reduce((sum, { leaf }) => sum * 7n + BigInt(leaf.uc), 0n);
}

const FIELDS = ["c", "uc", "s", "us", "i", "u", "l", "ul", "yes"] as const;
const BIT_FIELDS = ["low", "high", "far"] as const;

export const u64 = (value: bigint | number | boolean): bigint => BigInt.asUintN(64, BigInt(value));

/** Writes random expressions over nodes together with what they must give. */
export class RandomExpression {
  readonly #random: Random;
  /** Pointers that are in scope. */
  readonly #pointers: NodePointer[];
  readonly #bitFields: boolean;

  constructor(random: Random, pointers: NodePointer[], options: { readonly bitFields: boolean }) {
    this.#random = random;
    this.#pointers = pointers;
    this.#bitFields = options.bitFields;
  }

  nodePointer(depth: number): NodePointer {
    if (depth <= 0) return pick(this.#random, this.#pointers);
    const { c: p, node } = this.nodePointer(depth - 1);
    const { links } = node;
    const k = this.#random.below(3);
    const to = (c: string, target: Node): NodePointer => ({ c, node: target });
    const choices: (() => NodePointer)[] = [
      () => to(`${p}->next`, links.next),
      () => to(`(*${p}).next`, links.next),
      () => to(`${p}[0].next`, links.next),
      () => to(`${p}->many[${k}]`, links.many[k] as Node),
      () => to(`*(${p}->many + ${k})`, links.many[k] as Node),
      () => to(`${k}[${p}->many]`, links.many[k] as Node),
      () => to(`${p}->table[${k}]`, links.table.items[k] as Node),
      () => to(`*(${p}->table + ${k})`, links.table.items[k] as Node),
      () => to(`*&${p}->table[${k}]`, links.table.items[k] as Node),
      () => to(`((struct node *)${p}->opaque)`, links.opaque),
      () => to(`((struct node *)${p}->fixed)`, links.fixed),
      () => to(`${p}->other`, links.other),
      () => to(`${p}->inner.back`, links.back),
      () => to(`(&${p}->inner)->back`, links.back),
      () => to(`({ struct node *t = ${p}; t->next; })`, links.next),
      () => to(`({ struct node *t = ${p}, **tt = &t; (*tt)->next; })`, links.next),
      () => to(`({ struct inner t = ${p}->inner; t.back; })`, links.back),
      () => to(`NEXT(${p})`, links.next),
      () => to(`MEMBER(${p}, inner.back)`, links.back),
      () => to(`step(${p})`, links.next),
      () => to(`far(${p})`, (links.many[1] as Node).links.back),
      () => to(`(&*${p})`, node),
      () => to(`(0, ${p})`, node),
      () => to(`(struct node *)((char *)&${p}->leaf - __builtin_offsetof(struct node, leaf))`, node),
      () => to(`container_of(&${p}->inner, struct node, inner)`, node),
      () => to(`container_of(${p}->numbers, struct node, numbers)->next`, links.next),
      () => to(`whole(${p}).back`, links.back),
      () => to(`(${p}->inner).back`, links.back),
      () => to(`BACK_OF(${p})`, links.back),
      () => to(`FOLLOW(${p}, other)`, links.other),
      () => to(`NEXT(MEMBER(${p}, inner.back))`, links.back.links.next),
      () => to(`${p}->table[STEPS[2]]`, links.table.items[1] as Node),
      () => to(`${p}->many[${p}->id & 1]`, links.many[node.id & 1] as Node),
      () => to(`${p}->table[${p}->leaf.yes]`, links.table.items[node.leaf.yes ? 1 : 0] as Node),
      () => to(`(&${p}->table[2])[-1]`, links.table.items[1] as Node),
      () => to(`(*&(*${p}).next)`, links.next),
      () => to(`((struct node *)(long)${p}->other)`, links.other),
      () => to(`((typeof(${p}))(u64)${p}->opaque)`, links.opaque),
      () => to(`({ struct node *t = ${p}; t = t->next, t = t->other; t; })`, links.next.links.other),
      () => to(`({ struct node *t; (t = ${p})->next; })`, links.next),
      () => to(`({ struct node *const t = ${p}; struct node *const *tt = &t; (**tt).other; })`, links.other),
      () => to(`({ struct node t = {}; t.next = ${p}; struct node *o = &t; o->next; })`, node),
      () =>
        to(`({ struct { struct node *a[2][2]; } t = {}; t.a[1][0] = ${p}; t.a[1][0]->next; })`, links.next),
      () => to(`(${p} ?: root)`, node),
      () => this.#conditional({ c: p, node }, depth),
    ];
    const { c, node: target } = pick(this.#random, choices)();
    // What stands before "->" must bind as tightly.
    return { c: /^[\w(]/.test(c) && !c.startsWith("(struct") ? c : `(${c})`, node: target };
  }

  #conditional(first: NodePointer, depth: number): NodePointer {
    const second = this.nodePointer(depth - 1);
    const { c, value } = this.number(1);
    const chosen = value !== 0n ? second : first;
    return this.#random.below(2) === 0
      ? { c: `(${c} ? ${second.c} : ${first.c})`, node: chosen.node }
      : this.#random.below(2) === 0
        ? {
            c: `either(${first.c}, ${second.c}, ${c})`,
            node: (value & 1n) === 0n ? first.node : second.node,
          }
        : { c: `choose(${first.c}, ${second.c}, ${c} != 0)`, node: chosen.node };
  }

  #leafPlace(depth: number): LeafPlace {
    const { c: p, node } = this.nodePointer(depth);
    const k = this.#random.below(2);
    const pair = node.pair[k] as Leaf;
    const row = node.leaves.items[k] as Leaf;
    return pick<LeafPlace>(this.#random, [
      { c: `${p}->leaf`, leaf: node.leaf },
      { c: `${p}->inner.in`, leaf: node.innerLeaf },
      { c: `${p}->pair[${k}]`, leaf: pair },
      { c: `(*(${p}->pair + ${k}))`, leaf: pair },
      { c: `${p}->leaves[${k}]`, leaf: row },
      { c: `(*(${p}->leaves + ${k}))`, leaf: row },
      { c: `(*inside(${p}))`, leaf: node.innerLeaf },
      { c: `(*({ const struct leaf *t = &${p}->pair[${k}]; t; }))`, leaf: pair },
      { c: `({ struct leaf t = ${p}->leaves[${k}]; t; })`, leaf: row },
      { c: `(*container_of(&${p}->leaves[${k}].i, struct leaf, i))`, leaf: row },
      { c: `(*(struct leaf *)&${p}->inner)`, leaf: node.innerLeaf },
      { c: `(&${p}->pair[1])[${k} - 1]`, leaf: pair },
      { c: `({ struct leaf t = whole(${p}).in; t; })`, leaf: node.innerLeaf },
    ]);
  }

  /** A number out of the nodes, or computed from such numbers. */
  number(depth: number): Number64 {
    switch (this.#random.below(depth > 0 ? 9 : 6)) {
      case 0:
      case 1:
        return this.#leafNumber(depth);
      case 6:
        return this.#computed(depth);
      case 7: {
        const [a, b, c] = [this.number(depth - 1), this.number(depth - 1), this.number(depth - 1)];
        return { c: `(${a.c} ? ${b.c} : ${c.c})`, value: a.value !== 0n ? b.value : c.value };
      }
      default:
        return this.#nodeNumber(depth);
    }
  }

  #leafNumber(depth: number): Number64 {
    const { c, leaf } = this.#leafPlace(depth);
    const field = pick(this.#random, this.#bitFields ? [...FIELDS, ...BIT_FIELDS] : FIELDS);
    if (c.startsWith("({") || this.#random.below(3) > 0) {
      return { c: `(u64)${c}.${field}`, value: u64(leaf[field]) };
    }
    return this.#random.below(2) === 0
      ? { c: `(u64)(&${c})->${field}`, value: u64(leaf[field]) }
      : { c: `(u64)sum(&${c})`, value: u64(leaf.l + BigInt(leaf.i)) };
  }

  #nodeNumber(depth: number): Number64 {
    const { c: p, node } = this.nodePointer(depth);
    const other = this.nodePointer(depth - 1);
    const [i, j, k] = [this.#random.below(2), this.#random.below(3), this.#random.below(4)];
    const small = node.grid[i]?.[j] ?? 0;
    const byte = (node.word >>> (8 * k)) & 0xff;
    const letter = node.name.charCodeAt(k);
    const [c, value] = pick<readonly [string, bigint | number | boolean]>(this.#random, [
      [`${p}->id`, node.id],
      [`ID_OF(${p})`, node.id],
      [`MEMBER(${p}, leaf.i)`, node.leaf.i],
      [`${p}->sort`, node.sort],
      [`${p}->numbers[${k}]`, node.numbers[k] ?? 0],
      [`*(${p}->numbers + ${k})`, node.numbers[k] ?? 0],
      [`*&${p}->numbers[${k}]`, node.numbers[k] ?? 0],
      [`${p}->ints[${k}]`, node.ints.items[k] ?? 0],
      [`*(${p}->ints + ${k})`, node.ints.items[k] ?? 0],
      [`*${p}->ints`, node.ints.items[0] ?? 0],
      [`${p}->grid[${i}][${j}]`, small],
      [`*(${p}->grid[${i}] + ${j})`, small],
      [`*(*(${p}->grid + ${i}) + ${j})`, small],
      [`${p}->word`, node.word],
      [`${p}->head`, node.word & 0xffff],
      [`${p}->tail`, node.word >>> 16],
      [`${p}->bytes[${k}]`, byte],
      [`${p}->name[${k}]`, letter],
      [`(${p} == ${other.c})`, node === other.node],
      [`${p}`, node.address],
      [`!${p}->id`, node.id === 0],
      [`({ struct node *t = ${p}; id_through(&t); })`, node.id],
      [`({ int t = 0; bpf_probe_read(&t, sizeof(t), &${p}->numbers[${k}]); t; })`, node.numbers[k] ?? 0],
      [`({ char t[8] = {}; bpf_probe_read(t, sizeof(t), ${p}->name); t[${k}]; })`, letter],
      [`({ typeof(${p}->grid[${i}][${j}]) t = ${p}->grid[${i}][${j}]; t; })`, small],
      [`sizeof(${p}->next->leaf.u)`, 4],
      [`BITS(${p})`, (BigInt(node.leaf.low) << 3n) | BigInt(node.leaf.high)],
      [`(u32)${p}->leaf.ul << 31 >> 7`, Number((((node.leaf.ul & 0xffffffffn) << 31n) & 0xffffffffn) >> 7n)],
      [`(u32)${p}->leaf.i >> 3`, (node.leaf.i >>> 0) >>> 3],
      [`${p}->leaf.i >> 3`, node.leaf.i >> 3],
      [`(s8)${p}->leaf.u`, BigInt.asIntN(8, BigInt(node.leaf.u))],
      [
        `(u64)${p}->leaf.u << 32 | (u32)${p}->leaf.i`,
        (BigInt(node.leaf.u) << 32n) | BigInt(node.leaf.i >>> 0),
      ],
      [`${p}->leaf.u - ${p}->leaf.us`, (node.leaf.u - node.leaf.us) >>> 0],
      [`${p}->leaf.s * ${p}->leaf.uc`, node.leaf.s * node.leaf.uc],
      [`(_Bool)${p}->leaf.us`, node.leaf.us !== 0],
      [`-${p}->leaf.s`, -node.leaf.s],
      [`!!${p}->leaf.yes`, node.leaf.yes],
      [
        `(((unsigned __int128)${p}->leaf.u << 40) + ${p}->leaf.ul) >> 36`,
        (((BigInt(node.leaf.u) << 40n) + node.leaf.ul) >> 36n) & 0xffffffffffffffffn,
      ],
      [`*(u64 *)&${p}->leaf.l`, node.leaf.l],
      [`*(volatile int *)&${p}->leaf.i`, node.leaf.i],
      [`(*(short (*)[3])${p}->grid[${i}])[${j}]`, small],
      [`((short *)${p}->grid)[${i * 3 + j}]`, small],
      [`(&${p}->grid[${i}])[0][${j}]`, small],
      [
        `({ int t[4]; bpf_probe_read(&t, sizeof(t), &${p}->numbers); t[STEPS[${k}]]; })`,
        node.numbers[[0, 2, 1, 3][k] ?? 0] ?? 0,
      ],
      [
        `({ u64 n = 0; int turn = 0; for (struct node *t = ${p}; t && turn < 3; t = t->next, turn++) n += t->id; n; })`,
        idsAlong(node),
      ],
      [
        `({ u64 n = 0; struct node *t = ${p}; int turn = 0; do { n = n * 7 + t->leaf.uc; } while ((t = t->other) != 0 && ++turn < 3); n; })`,
        lettersAlong(node),
      ],
      [
        `({ int *t = ${p}->ints; u32 n = 0; for (int at = 0; at < 4; at++) n += *t++; n; })`,
        node.ints.items.reduce((sum, each) => (sum + each) >>> 0, 0),
      ],
      [`({ int *t = ${p}->numbers; t += 2; t[-1] + t[${i}] * 0; })`, node.numbers[1] ?? 0],
      [
        `({ u32 n; switch (${p}->sort) { case FIRST: n = 1; break; case SECOND: n = 2; break; default: n = ${p}->id; } n; })`,
        node.sort === -3 ? 1 : node.sort === -2 ? 2 : node.id,
      ],
    ]);
    return { c: `(u64)(${c})`, value: u64(value) };
  }

  #computed(depth: number): Number64 {
    const [a, b] = [this.number(depth - 1), this.number(depth - 1)];
    return pick<Number64>(this.#random, [
      { c: `(${a.c} + ${b.c})`, value: u64(a.value + b.value) },
      { c: `(${a.c} - ${b.c})`, value: u64(a.value - b.value) },
      { c: `(${a.c} ^ ${b.c})`, value: a.value ^ b.value },
      { c: `(${a.c} & ${b.c})`, value: a.value & b.value },
      { c: `(u64)(${a.c} < ${b.c})`, value: u64(a.value < b.value) },
      { c: `(u64)(${a.c} && ${b.c})`, value: u64(a.value !== 0n && b.value !== 0n) },
      { c: `(${a.c} ?: ${b.c})`, value: a.value !== 0n ? a.value : b.value },
      { c: `(u64)~${a.c}`, value: u64(~a.value) },
    ]);
  }
}
