import type { Btf } from "../../../src/btf/btf.ts";
import { NativeBuffer } from "../../../src/ffi/native-buffer.ts";
import { codecFor } from "../../../src/values/compile-codec.ts";
import type { Random } from "../../unit/values/c-types.ts";

/** What the random programs read: structs that lead to one another, in memory of this process. */
export const NODE_TYPES = `
enum sort { FIRST = -3, SECOND, THIRD = 9 };
struct leaf {
	signed char c; unsigned char uc; short s; unsigned short us; int i; unsigned int u;
	long long l; unsigned long long ul; _Bool yes; int low : 5; unsigned int high : 11; long long far : 40;
};
struct inner { struct leaf in; struct node *back; };
typedef struct node node_t;
struct node {
	u32 id;
	enum sort sort;
	struct leaf leaf, pair[2], *leaves;
	struct node *next, *many[3], **table;
	union { u32 word; u8 bytes[4]; struct { u16 head, tail; }; };
	int numbers[4], *ints;
	short grid[2][3];
	char name[8];
	struct inner inner;
	void *opaque;
	const struct node *fixed;
	node_t *other;
};
`;

export interface Leaf {
  readonly c: number;
  readonly uc: number;
  readonly s: number;
  readonly us: number;
  readonly i: number;
  readonly u: number;
  readonly l: bigint;
  readonly ul: bigint;
  readonly yes: boolean;
  readonly low: number;
  readonly high: number;
  readonly far: bigint;
}

/** What lies at an address: several of one type side by side. */
interface Row<T> {
  readonly address: bigint;
  readonly items: readonly T[];
}

export interface Node {
  readonly address: bigint;
  readonly id: number;
  readonly sort: number;
  readonly leaf: Leaf;
  readonly pair: readonly Leaf[];
  readonly leaves: Row<Leaf>;
  readonly word: number;
  readonly numbers: readonly number[];
  readonly ints: Row<number>;
  readonly grid: readonly (readonly number[])[];
  readonly name: string;
  readonly innerLeaf: Leaf;
  /** Set when all nodes have their places. */
  links: Links;
}

interface Links {
  readonly next: Node;
  readonly many: readonly Node[];
  readonly table: Row<Node>;
  readonly back: Node;
  readonly opaque: Node;
  readonly fixed: Node;
  readonly other: Node;
}

const NODES = 6;

/** Nodes with random numbers and random links, written to memory as the C types of `btf` say. */
export class NodeGraph {
  readonly nodes: readonly Node[];
  /** Holds the memory for as long as programs may read it. */
  readonly #memory: NativeBuffer[] = [];

  constructor(btf: Btf, random: Random) {
    const node = codecFor(btf, btf.find("struct", "node") ?? 0);
    const leaf = codecFor(btf, btf.find("struct", "leaf") ?? 0);
    this.nodes = Array.from({ length: NODES }, (_, id) => this.#newNode(id, node.size, leaf.size, random));
    for (const each of this.nodes) {
      each.links = this.#links(random);
      node.encode(cValue(each), this.#viewAt(each.address), 0);
      each.leaves.items.forEach((item, i) => {
        leaf.encode(item, this.#viewAt(each.leaves.address), i * leaf.size);
      });
      const ints = this.#viewAt(each.ints.address);
      each.ints.items.forEach((item, i) => {
        ints.setInt32(i * 4, item, true);
      });
      const table = this.#viewAt(each.links.table.address);
      each.links.table.items.forEach((item, i) => {
        table.setBigUint64(i * 8, item.address, true);
      });
    }
  }

  #newNode(id: number, nodeBytes: number, leafBytes: number, random: Random): Node {
    const signed = (bits: number) => Number(BigInt.asIntN(bits, random.bits(bits)));
    return {
      address: this.#allocate(nodeBytes),
      id,
      sort: [-3, -2, 9][random.below(3)] as number,
      leaf: randomLeaf(random),
      pair: [randomLeaf(random), randomLeaf(random)],
      leaves: { address: this.#allocate(3 * leafBytes), items: times(3, () => randomLeaf(random)) },
      word: Number(random.bits(32)),
      numbers: times(4, () => signed(32)),
      ints: { address: this.#allocate(16), items: times(4, () => signed(32)) },
      grid: times(2, () => times(3, () => signed(16))),
      name: `node ${id}`,
      innerLeaf: randomLeaf(random),
      links: undefined as unknown as Links,
    };
  }

  #links(random: Random): Links {
    const any = () => this.nodes[random.below(NODES)] as Node;
    return {
      next: any(),
      many: times(3, any),
      table: { address: this.#allocate(24), items: times(3, any) },
      back: any(),
      opaque: any(),
      fixed: any(),
      other: any(),
    };
  }

  #allocate(bytes: number): bigint {
    const buffer = NativeBuffer.alloc(bytes);
    this.#memory.push(buffer);
    return BigInt(buffer.address);
  }

  #viewAt(address: bigint): DataView {
    const buffer = this.#memory.find((each) => BigInt(each.address) === address);
    if (buffer === undefined) throw new Error(`no memory at ${address}`);
    return buffer.view;
  }
}

/** The node as the codec of struct node takes it. */
function cValue({ links, leaves, ints, innerLeaf, address: _, ...plain }: Node): unknown {
  const { next, many, table, back, opaque, fixed, other } = links;
  return {
    ...plain,
    leaves: leaves.address,
    ints: ints.address,
    next: next.address,
    many: many.map((each) => each.address),
    table: table.address,
    inner: { in: innerLeaf, back: back.address },
    opaque: opaque.address,
    fixed: fixed.address,
    other: other.address,
  };
}

function randomLeaf(random: Random): Leaf {
  const signed = (bits: number) => Number(BigInt.asIntN(bits, random.bits(bits)));
  return {
    c: signed(8),
    uc: random.below(256),
    s: signed(16),
    us: random.below(65536),
    i: signed(32),
    u: Number(random.bits(32)),
    l: BigInt.asIntN(64, random.bits(64)),
    ul: random.bits(64),
    yes: random.below(2) === 1,
    low: signed(5),
    high: random.below(2048),
    far: BigInt.asIntN(40, random.bits(40)),
  };
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}
