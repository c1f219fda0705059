import {
  bitField,
  type Choice,
  type CType,
  memberType,
  pick,
  type Random,
  type Sample,
  within,
} from "./c-types.ts";

interface Member {
  readonly name: string;
  readonly type: CType;
  /** The members of an anonymous record belong to the object around it. */
  readonly anonymous: boolean;
}

/** Makes random structs and unions; `declarations` collects their C text. */
export class RecordMaker {
  readonly declarations: string[] = [];
  private readonly random: Random;
  private readonly choice: Choice;
  private count = 0;
  private names = 0;

  constructor(random: Random, choice: Choice = { computable: false }) {
    this.random = random;
    this.choice = choice;
  }

  /** A struct or union with a name of its own. */
  named(depth: number): CType & { readonly tag: string } {
    const union = this.random.below(4) === 0;
    const tag = `${union ? "union" : "struct"} r${this.count++}`;
    const members = this.members(depth);
    this.declarations.push(`${tag} ${this.body(members)}${this.attributes()};`);
    return { tag, declare: (name) => `${tag} ${name}`, ...recordSampler(members, union) };
  }

  private anonymous(depth: number): CType {
    const union = this.random.below(2) === 0;
    const members = this.members(depth);
    const text = `${union ? "union" : "struct"} ${this.body(members)}`;
    return { declare: () => text, ...recordSampler(members, union) };
  }

  private members(depth: number): Member[] {
    const count = 1 + this.random.below(6);
    return Array.from({ length: count }, () => {
      const name = `m${this.names++}`;
      const kind = this.random.below(8);
      if (kind === 0 && depth > 0) return { name: "", type: this.anonymous(depth - 1), anonymous: true };
      if (kind <= 2) return { name, type: bitField(this.random), anonymous: false };
      const type = memberType(this.random, depth, (deeper) => this.named(deeper), this.choice);
      return { name, type, anonymous: false };
    });
  }

  private body(members: readonly Member[]): string {
    const lines = members.map(({ name, type }) => {
      const padding = ["", "", "", "unsigned int : 0; ", "unsigned int : 5; "][this.random.below(5)] ?? "";
      return `${padding}${type.declare(name)};`;
    });
    return `{ ${lines.join(" ")} }`;
  }

  private attributes(): string {
    return pick(this.random, ["", "", "", " __attribute__((packed))", " __attribute__((aligned(16)))"]);
  }
}

/** Of a union one member is given, of a struct all. */
function recordSampler(members: readonly Member[], union: boolean): Pick<CType, "sample"> {
  return {
    sample(random) {
      const given = union ? [members[random.below(members.length)] as Member] : members;
      const samples = given.map((member) => ({ member, sample: member.type.sample(random) }));
      return {
        c: `{ ${samples.map(designated).join(", ")} }`,
        value: Object.assign({}, ...samples.map(asObject)),
        leaves: samples.flatMap(({ member, sample }) =>
          within(member.anonymous ? "" : `.${member.name}`, sample),
        ),
      };
    },
  };
}

function designated({ member, sample }: { member: Member; sample: Sample }): string {
  // The members of an anonymous record are designated as if they were ones of the record around it.
  return member.anonymous ? sample.c.slice(1, -1) : `.${member.name} = ${sample.c}`;
}

function asObject({ member, sample }: { member: Member; sample: Sample }): unknown {
  return member.anonymous ? sample.value : { [member.name]: sample.value };
}
