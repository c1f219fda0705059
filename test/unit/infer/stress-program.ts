/**
 * TypeScript that infers all types of one text with `count` structs, maps of them, comments of both kinds
 * and functions that submit them, and compares each with what it must be.
 */
export function stressProgram(count: number, inferDirectory: string): string {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const text = [
    ...numbers.map(declarations),
    "BPF_PERF_OUTPUT(events);\n",
    ...numbers.map(submittingFunction),
  ].join("");
  return `
import type { InferEvents } from ${JSON.stringify(`${inferDirectory}/infer-events.ts`)};
import type { InferMaps } from ${JSON.stringify(`${inferDirectory}/infer-maps.ts`)};
import type { InferPrograms } from ${JSON.stringify(`${inferDirectory}/infer-programs.ts`)};
type Text = ${JSON.stringify(text)};
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Value = { pid: number; ts: bigint; comm: string; sk: bigint; ports: number[]; v4: number; v6: Uint8Array };
type Maps = InferMaps<Text>;
export const maps: { [K in keyof Maps]: K extends "events" ? unknown : Equal<Maps[K]["value"], Value> } = {
  events: undefined,
  ${numbers.map((n) => `map${n}: true`).join(", ")}
};
export const event: Equal<InferEvents<Text>, { events: Value }> = true;
export const programs: InferPrograms<Text>[] = [${numbers.map((n) => `"f${n}"`).join(", ")}];
`;
}

function declarations(n: number): string {
  return `/* record ${n} */
struct record${n}_t {
    u32 pid; // process
    u64 ts;
    char comm[TASK_COMM_LEN];
    struct sock *sk;
    u16 ports[2];
    union { u32 v4; u8 v6[16]; };
};
BPF_HASH(map${n}, u32, struct record${n}_t);
`;
}

function submittingFunction(n: number): string {
  return `int f${n}(struct pt_regs *ctx) {
    struct record${n}_t data = {};
    events.perf_submit(ctx, &data, sizeof(data));
    return 0;
}
`;
}
