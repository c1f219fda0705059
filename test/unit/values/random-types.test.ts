import assert from "node:assert/strict";
import { before, test } from "node:test";
import { codecFor } from "../../../src/values/compile-codec.ts";
import { RecordMaker } from "./c-records.ts";
import { type CType, seededRandom } from "./c-types.ts";
import { type CompiledC, compileC } from "./compile-c.ts";

// clang lays constants of random types out in memory; the codecs must read and write the same bytes.
const seed = Number(process.env.BCC_TS_SEED ?? Date.now() % 1_000_000);
const TYPES = 60;
const random = seededRandom(seed);
const maker = new RecordMaker(random);

interface Constant {
  readonly index: number;
  readonly type: CType & { readonly tag: string };
  readonly c: string;
  readonly value: unknown;
}

const constants: Constant[] = Array.from({ length: TYPES }, (_, index) => {
  const type = maker.named(3);
  return { index, type, ...type.sample(random) };
});

const PRELUDE = `
typedef unsigned char u8; typedef unsigned int u32; typedef unsigned long long u64;
enum colour { RED = -2, GREEN, BLUE = 7 }; enum size { SMALL, LARGE = 0xffffffff };
enum big { BIG = 0xffffffffffffffffULL };
`;

let compiled: CompiledC;

before(() => {
  console.log(`seed ${seed}`);
  const variables = constants.map(
    ({ index, type, c }) => `${type.tag} v${index} __attribute__((section("data.${index}"))) = ${c};`,
  );
  compiled = compileC([PRELUDE, ...maker.declarations, ...variables].join("\n"));
});

for (const { index, type, value } of constants) {
  test(`${type.tag} reads and writes what clang laid out (seed ${seed})`, () => {
    const bytes = compiled.section(`data.${index}`);
    const codec = codecFor(compiled.btf, compiled.variableType(`v${index}`));
    assert.equal(codec.size, bytes.length, "size");

    // At an odd offset, in memory that ends where the value ends.
    const memory = new Uint8Array(bytes.length + 1).fill(0xaa);
    memory.set(bytes, 1);
    const view = new DataView(memory.buffer);
    const decoded = codec.decode(view, 1);
    assertHas(decoded, value, type.tag);

    const written = new DataView(new ArrayBuffer(bytes.length + 1));
    codec.encode(value, written, 1);
    assert.deepEqual(
      new Uint8Array(written.buffer).slice(1),
      Uint8Array.from(bytes),
      "the given members written",
    );
    codec.encode(decoded, written, 1);
    assert.deepEqual(new Uint8Array(written.buffer).slice(1), Uint8Array.from(bytes), "all members written");
    assert.deepEqual(codec.decodeMany(view, 1, bytes.length, 1), [decoded]);
  });
}

/** Every property of `expected` is there; of a union only one is expected. */
function assertHas(actual: unknown, expected: unknown, path: string): void {
  if (Array.isArray(expected)) {
    assert.equal((actual as unknown[]).length, expected.length, path);
    for (const [at, each] of expected.entries()) assertHas((actual as unknown[])[at], each, `${path}[${at}]`);
  } else if (typeof expected === "object" && expected !== null && !(expected instanceof Uint8Array)) {
    for (const [name, each] of Object.entries(expected)) {
      assertHas((actual as Record<string, unknown>)[name], each, `${path}.${name}`);
    }
  } else {
    assert.deepEqual(actual, expected, path);
  }
}
