import type { Step, TypedAction } from "../program/tir.ts";
import { placeItems, sizeOfType } from "../program/type-layout.ts";
import type { Type } from "../program/types.ts";
import type { Span } from "../source/source-text.ts";
import type { CWriter } from "./c-writer.ts";
import { placeAt } from "./c-writer.ts";
import { LowerIntrinsics } from "./lower-intrinsic.ts";
import type { LoweringContext } from "./lowering-context.ts";
import type { Operand } from "./operand.ts";
import type { ProgramFrame } from "./program-frame.ts";

type Of<Kind extends Step["kind"]> = Extract<Step, { kind: Kind }>;

const RECORD_HEAD = 8;
/** What bpf_loop does at most. */
const ENDLESS = 1 << 23;

/** Actions that must come through when the ring of records is full. */
const CONTROL: ReadonlySet<TypedAction["kind"]> = new Set(["exit", "clear", "zero", "print-map"]);

/** Statements to C. */
export class LowerSteps extends LowerIntrinsics {
  readonly #actions: readonly TypedAction[];
  readonly #lineOf: (span: Span) => string;
  /** What a block returns is asked for. */
  readonly #returnsValue: boolean;
  readonly functions: string[] = [];
  /** Loop bodies are functions: there `return` has to be passed on. */
  #inCallback = false;
  /** Of a loop that is unrolled no function is made: what `break` and `continue` do. */
  #line = "";

  constructor(
    shared: LoweringContext,
    frame: ProgramFrame,
    out: CWriter,
    actions: readonly TypedAction[],
    lineOf: (span: Span) => string,
    returnsValue = false,
  ) {
    super(shared, frame, out);
    this.#actions = actions;
    this.#lineOf = lineOf;
    this.#returnsValue = returnsValue;
  }

  override steps(body: readonly Step[]): void {
    for (const step of body) {
      this.#line = this.#lineOf(step.span);
      this.out.line(this.#line);
      const before = this.frame.taken;
      this.#step(step);
      this.frame.release(before);
    }
  }

  #step(step: Step): void {
    switch (step.kind) {
      case "set-local":
        this.#setLocal(step.local, this.value(step.value));
        break;
      case "clear-local":
        this.#clearLocal(step);
        break;
      case "set-map":
        this.setMap(step.map, step.key, step.value);
        break;
      case "add-to-map":
        this.#addToMap(step);
        break;
      case "aggregate":
        this.aggregateInto(step.map, step.key, step.aggregate, step.value, step.span);
        break;
      case "evaluate":
        this.value(step.value);
        break;
      case "if":
        this.#if(step);
        break;
      case "while":
        this.#while(step);
        break;
      case "for-range":
        this.#forRange(step);
        break;
      case "for-map":
        this.#forMap(step);
        break;
      case "repeat":
        this.#loop(`bpf_loop(${step.count}`, "", () => this.steps(step.body));
        break;
      case "break":
        this.out.line("return 1;");
        break;
      case "continue":
        this.out.line("return 0;");
        break;
      case "function":
        this.#function(step);
        break;
      case "leave":
        this.#leave();
        break;
      case "return":
        this.#setResult(step.value === undefined ? "0" : this.value(step.value).c);
        this.#return();
        break;
      case "emit":
        this.#emit(step);
        break;
    }
  }

  /** Functions of the script whose bodies are around us: where they end, and in how many loops they stand. */
  readonly #around: { readonly end: string; readonly loops: number }[] = [];
  #loops = 0;

  #function({ body }: Of<"function">): void {
    const end = this.out.name("end");
    this.#around.push({ end, loops: this.#loops });
    this.steps(body);
    this.#around.pop();
    this.out.line(`${end}: __attribute__((unused));`);
  }

  #leave(): void {
    const innermost = this.#around.at(-1);
    if (innermost === undefined) this.#return();
    else if (innermost.loops === this.#loops) this.out.line(`goto ${innermost.end};`);
    else this.out.line("c->returned = 2; return 1;");
  }

  #return(): void {
    if (this.#inCallback) this.out.line("c->returned = 1; return 1;");
    else this.out.line(this.#returnsValue ? "return bt_result != 0;" : "return 0;");
  }

  #setResult(value: string): void {
    if (this.#returnsValue) this.out.line(`bt_result = ${value};`);
  }

  #setLocal(local: Of<"set-local">["local"], operand: Operand): void {
    const place = this.frame.local(local);
    if (this.isNumber(local.type)) this.out.line(`${place.c} = ${operand.c};`);
    else this.out.copy(place, operand, sizeOfType(local.type));
  }

  #clearLocal({ local }: Of<"clear-local">): void {
    const place = this.frame.local(local);
    if (this.isNumber(local.type)) this.out.line(`${place.c} = 0;`);
    else this.out.zero(place, sizeOfType(local.type));
  }

  #addToMap({ map: index, key, value, span }: Of<"add-to-map">): void {
    const map = this.map(index);
    const by = this.out.number(this.number(value));
    this.orNew(map, this.key(map, key), span, (place) => {
      this.addTo(place, map.value, by);
    });
  }

  #if({ test, body, otherwise }: Of<"if">): void {
    const condition = this.number(test);
    this.out.line(`if (${condition}) {`);
    this.steps(body);
    if (otherwise.length > 0) {
      this.out.line("} else {");
      this.steps(otherwise);
    }
    this.out.line("}");
  }

  #while({ test, body }: Of<"while">): void {
    this.#loop(`bpf_loop(${ENDLESS}`, "", () => {
      this.out.line(`if (!${this.number(test)}) return 1;`);
      this.steps(body);
    });
  }

  #forRange({ local, from, to, body }: Of<"for-range">): void {
    const first = this.out.number(this.number(from));
    const last = this.out.number(this.number(to));
    const times = this.out.number(`(s64)${last} > (s64)${first} ? ${last} - ${first} : 0`);
    this.out.line(`if (${times} > ${ENDLESS}) ${times} = ${ENDLESS};`);
    // The verifier does not look at a body that runs no time, takes it away, and stumbles over its address.
    this.out.line(`if (${times}) {`);
    this.#loop(`bpf_loop(${times}`, first, () => {
      this.out.line(`${this.frame.local(local).c} = c->from + (u64)number;`);
      this.steps(body);
    });
    this.out.line("}");
  }

  /** A loop's body as a function that the kernel calls: 0 goes on, 1 ends. */
  #loop(call: string, from: string, body: () => void): void {
    const { name, context } = this.#callback("long", "u64 number, struct bt_call *c", body, from);
    this.out.line(`${call}, (void *)${name}, &${context}, 0);`);
    this.#passOn(context);
  }

  #callback(returns: string, parameters: string, body: () => void, from = "") {
    this.frame.needsMemory();
    const outer = this.out;
    const wasInside = this.#inCallback;
    const name = `loop_${this.frame.index}_${outer.name("")}`;
    this.out = outer.sibling();
    this.#inCallback = true;
    this.#loops++;
    const frame = `struct frame_${this.frame.index}`;
    this.out.line(`${frame} *f = c->frame;`);
    this.out.line("void *ctx = c->ctx;");
    body();
    const text = this.out.text;
    this.out = outer;
    this.#inCallback = wasInside;
    this.#loops--;
    this.functions.push(`CALLBACK ${returns} ${name}(${parameters})\n{\n${text}\nreturn 0;\n}`);
    this.out.line(this.#line);
    const context = this.out.name("c");
    this.out.line(`struct bt_call ${context} = { f, ctx, ${from === "" ? "0" : from}, 0 };`);
    return { name, context };
  }

  /** A return inside of a loop ends what is around it. */
  #passOn(context: string): void {
    if (this.#around.length > 0) {
      this.out.line(`if (${context}.returned == 2) {`);
      this.#leave();
      this.out.line("}");
    }
    this.out.line(`if (${context}.returned) {`);
    this.#return();
    this.out.line("}");
  }

  #forMap({ local, map: index, body }: Of<"for-map">): void {
    const map = this.map(index);
    const { name, context } = this.#callback(
      "long",
      "void *map, u8 *key, u8 *value, struct bt_call *c",
      () => {
        const types: readonly Type[] = local.type.kind === "tuple" ? local.type.items : [];
        const { offsets } = placeItems(types);
        const pair = this.frame.local(local);
        const [keyType, valueType] = types;
        if (keyType === undefined || valueType === undefined) return;
        this.out.zero(pair, sizeOfType(local.type));
        // The map may change under our hands: the key is copied before it is used.
        this.out.copy(placeAt(pair, offsets[0] ?? 0), { c: "key", alignment: 8 }, sizeOfType(keyType));
        const at = placeAt(pair, offsets[1] ?? 0);
        if (map.value.kind === "aggregate") {
          this.put(at, valueType, { c: this.aggregateNumber(map, map.value.aggregate, "key"), alignment: 8 });
        } else this.out.copy(at, { c: "value", alignment: 8 }, sizeOfType(valueType));
        this.steps(body);
      },
    );
    this.out.line(`bpf_for_each_map_elem(&${map.table}, (void *)${name}, &${context}, 0);`);
    this.#passOn(context);
  }

  /** A record in the ring. Arguments are worked out before there is room for it, so that it is never left open. */
  #emit({ action: index, arguments: values }: Of<"emit">): void {
    const action = this.#actions[index];
    if (action === undefined) throw new RangeError(`there is no action ${index}`);
    const operands = this.values(values);
    const types = values.map((value) => value.type);
    const { offsets, size } = placeItems(types, RECORD_HEAD);
    const length = Math.ceil(size / 8) * 8;
    if (action.kind === "exit") this.out.line("bt_exiting = 1;");
    const record = this.out.name("r");
    this.out.line(`u8 *${record} = bpf_ringbuf_reserve(&bt_events, ${length}, 0);`);
    if (CONTROL.has(action.kind)) {
      this.out.line(`if (!${record}) ${record} = bpf_ringbuf_reserve(&bt_control, ${length}, 0);`);
    }
    this.out.line(`if (${record}) {`);
    this.out.line(`*(u32 *)${record} = ${index};`);
    this.out.line(`*(u32 *)(${record} + 4) = 0;`);
    const place: Operand = { c: record, alignment: 8 };
    for (const [i, operand] of operands.entries()) {
      this.put(placeAt(place, offsets[i] ?? RECORD_HEAD), types[i] as Type, operand);
    }
    this.out.line(`bpf_ringbuf_submit(${record}, 0);`);
    this.out.line("} else {");
    this.out.line("__sync_fetch_and_add(&bcc_ts_lost_bt_events, 1);");
    this.out.line("}");
  }
}

export function recordSize(types: readonly Type[]): number {
  return Math.ceil(placeItems(types, RECORD_HEAD).size / 8) * 8;
}

export function recordOffsets(types: readonly Type[]): readonly number[] {
  return placeItems(types, RECORD_HEAD).offsets;
}
