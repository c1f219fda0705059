import assert from "node:assert/strict";
import type { Codec } from "../../../src/values/codec.ts";
import { codecFor } from "../../../src/values/compile-codec.ts";
import { RecordMaker } from "./c-records.ts";
import { type Random, seededRandom, TYPE_NAMES } from "./c-types.ts";
import { compileC } from "./compile-c.ts";

/** A constant of a random type: its value, the bytes that clang made of it, and the codec for the type. */
export interface ClangConstant {
  readonly tag: string;
  readonly value: unknown;
  readonly bytes: Uint8Array;
  readonly codec: Codec;
}

/** `count` constants that clang laid out. The same for the same seed. */
export function clangConstants(seed: number, count: number): ClangConstant[] {
  const random = seededRandom(seed);
  const maker = new RecordMaker(random);
  const made = Array.from({ length: count }, () => {
    const type = maker.named(3);
    return { tag: type.tag, ...type.sample(random) };
  });
  const variables = made.map(
    ({ tag, c }, index) => `${tag} v${index} __attribute__((section("data.${index}"))) = ${c};`,
  );
  const compiled = compileC([TYPE_NAMES, ...maker.declarations, ...variables].join("\n"));
  return made.map(({ tag, value }, index) => {
    const codec = codecFor(compiled.btf, compiled.variableType(`v${index}`));
    return { tag, value, codec, bytes: Uint8Array.from(compiled.section(`data.${index}`)) };
  });
}

/** Decoding gives the value and encoding clang's bytes, at an odd offset, in memory that ends where the value ends. */
export function checkConstant({ tag, value, bytes, codec }: ClangConstant): void {
  assert.equal(codec.size, bytes.length, "size");
  const view = viewOf(bytes);
  const decoded = codec.decode(view, 1);
  assertHas(decoded, value, tag);
  assert.deepEqual(encoded(codec, value), bytes, "the given members written");
  assert.deepEqual(encoded(codec, decoded), bytes, "all members written");
  assert.deepEqual(codec.decodeMany(view, 1, bytes.length, 1), [decoded]);
}

/** Whatever the bytes are: what they decode to can be encoded, and means the same again. */
export function checkAnyBytes({ codec }: ClangConstant, random: Random): void {
  const bytes = Uint8Array.from({ length: codec.size }, () => random.below(256));
  const decoded = codec.decode(viewOf(bytes), 1);
  const again = encoded(codec, decoded);
  const hex = Buffer.from(bytes).toString("hex");
  assert.deepEqual(codec.decode(viewOf(again), 1), decoded, `bytes ${hex}`);
  // Which of the many NaNs a number is, JavaScript does not keep.
  if (holdsNaN(decoded)) return;
  assert.deepEqual(encoded(codec, codec.decode(viewOf(again), 1)), again, `bytes ${hex}, a second time`);
}

function holdsNaN(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return Number.isNaN(value);
  return !(value instanceof Uint8Array) && Object.values(value).some(holdsNaN);
}

function viewOf(bytes: Uint8Array): DataView {
  const memory = new Uint8Array(bytes.length + 1).fill(0xaa);
  memory.set(bytes, 1);
  return new DataView(memory.buffer);
}

function encoded(codec: Codec, value: unknown): Uint8Array {
  const memory = new Uint8Array(codec.size + 1).fill(0xaa);
  codec.encode(value, new DataView(memory.buffer), 1);
  assert.equal(memory[0], 0xaa, "nothing is written before the value");
  return memory.slice(1);
}

/** Every property of `expected` is there; of a union only one is expected. */
export function assertHas(actual: unknown, expected: unknown, path: string): void {
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
