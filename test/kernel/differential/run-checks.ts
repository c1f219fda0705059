import assert from "node:assert/strict";
import { Btf } from "../../../src/btf/btf.ts";
import { elfSection } from "../../../src/btf/elf.ts";
import { buildProgram } from "../../../src/build-program.ts";
import { BpfError } from "../../../src/errors.ts";
import { checked } from "../../../src/ffi/errno.ts";
import { libbpf } from "../../../src/ffi/libbpf.ts";
import { NativeBuffer } from "../../../src/ffi/native-buffer.ts";
import { liveFacts } from "../../../src/kernel/live-facts.ts";
import { loadObject } from "../../../src/load/load-object.ts";
import type { ArrayMap } from "../../../src/maps/array-map.ts";
import { createMap } from "../../../src/maps/create-map.ts";
import { SourceText } from "../../../src/source/source-text.ts";
import { seededRandom } from "../../unit/values/c-types.ts";
import { compileC } from "../../unit/values/compile-c.ts";
import { NODE_TYPES, NodeGraph } from "./node-graph.ts";
import { CARRIERS, type Check, randomCheck } from "./random-check.ts";
import { HELPERS } from "./random-expression.ts";
import { numbersOf, randomRows, STRUCTS } from "./random-rows.ts";

const facts = liveFacts();

/** The types of the nodes, which do not change: their layout is asked of clang, not of the translation. */
const types = compileC(
  `typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32; ${NODE_TYPES} struct node n;`,
);

/** Checks with random programs that each computes what is known of our own memory. */
export async function runChecks(seed: number, count: number): Promise<void> {
  const random = seededRandom(seed);
  const graph = new NodeGraph(types.btf, random);
  const checks = Array.from({ length: count }, (_, i) => randomCheck(i, graph.nodes, random, true));
  const addresses = graph.nodes.slice(0, 2).map((node) => node.address);
  const results = await run(checks, addresses, `seed ${seed}`);
  for (const [i, check] of checks.entries()) {
    assert.equal(results[i], check.value, `seed ${seed}, ${check.c}`);
  }
}

/** Checks with rows of statements that read kernel structs, whose members may be copied together. */
export async function runRows(seed: number, count: number): Promise<void> {
  const random = seededRandom(seed);
  for (const struct of STRUCTS) {
    const memory = [NativeBuffer.alloc(BYTES), NativeBuffer.alloc(BYTES)] as const;
    for (const { bytes } of memory) bytes.set(Array.from(bytes, () => random.below(256)));
    const views = [memory[0].view, memory[1].view] as const;
    const members = numbersOf(facts.btf, struct);
    const checks = Array.from({ length: count }, (_, i) => randomRows(i, { struct, views, members }, random));
    const addresses = memory.map(({ address }) => BigInt(address));
    const results = await run(checks, addresses, `seed ${seed}, struct ${struct}`);
    for (const [i, check] of checks.entries()) {
      assert.equal(results[i], check.value, `seed ${seed}, ${check.c}`);
    }
  }
}

/** Members in these are read; a copy may go a little further. */
const BYTES = 512;

async function run(checks: readonly Check[], context: readonly bigint[], title: string): Promise<bigint[]> {
  const text = [NODE_TYPES, HELPERS, CARRIERS, ...checks.map(({ c }) => c)].join("\n");
  const source = new SourceText("random.c", text);
  try {
    const warn = (message: string) => assert.fail(message);
    const { object } = await buildProgram(source, { facts, warn, cache: false });
    using loaded = loadObject(object, { source });
    for (const { name } of checks) runProgram(loaded.programs.get(name)?.fd ?? -1, context);
    const btf = Btf.parse(elfSection(object, ".BTF") ?? new Uint8Array());
    using results = createMap(
      loaded.maps.get("results") ?? assert.fail("no results"),
      btf,
    ) as ArrayMap<bigint>;
    return checks.map((_, i) => results.get(i) ?? assert.fail(`no result ${i}`));
  } catch (error) {
    if (BpfError.is(error)) assert.fail(`${title}: ${error.message}\n${formatted(error)}\n${text}`);
    throw error;
  }
}

function formatted(error: BpfError): string {
  return "format" in error ? String((error as { format(): string }).format()) : "";
}

/** Within this process, so that its memory can be read. */
function runProgram(fd: number, words: readonly bigint[]): void {
  const context = NativeBuffer.alloc(96);
  words.forEach((word, i) => {
    context.view.setBigUint64(i * 8, word, true);
  });
  const options = NativeBuffer.alloc(80);
  options.setPointer(0, 80);
  options.setPointer(32, context.address);
  options.view.setUint32(48, context.length, true);
  checked("bpf_prog_test_run", libbpf().bpf_prog_test_run_opts(fd, options.address));
}
