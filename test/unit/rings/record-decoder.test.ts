import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { EventError } from "../../../src/rings/event-error.ts";
import { recordDecoder } from "../../../src/rings/record-decoder.ts";
import { codecOf } from "../../../src/values/compile-codec.ts";

const view = new DataView(Uint8Array.from({ length: 32 }, (_, index) => index).buffer);
const word = codecOf<unknown>({ kind: "integer", size: 4, signed: false }, "u32");
const real = codecOf<unknown>({ kind: "float", size: 4 }, "float");
const wide = codecOf<unknown>({ kind: "integer", size: 8, signed: false }, "u64");
const padded = (size: number) => Math.ceil((size + 4) / 8) * 8 - 4;

const throwsFor = (decode: (view: DataView, offset: number, size: number) => unknown, size: number) =>
  assert.throws(
    () => decode(view, 4, size),
    (error: unknown) => {
      assert(error instanceof EventError && error.code === "EVENT" && error.ring === "events");
      assert.deepEqual(error.bytes, new Uint8Array(view.buffer.slice(4, 4 + size)));
      return true;
    },
  );

test("without a type an event is a copy of its bytes", () => {
  const event = recordDecoder<Uint8Array>("events")(view, 4, 3);
  assert.deepEqual(event, Uint8Array.of(4, 5, 6));
  assert.notEqual(event.buffer, view.buffer);
});

test("a record of another size is an error that carries the bytes", () => {
  const decode = recordDecoder("events", word);
  assert.equal(decode(view, 4, 4), 0x07060504);
  for (const size of [0, 3, 5, 8]) throwsFor(decode, size);
});

test("perf buffers make records longer", () => {
  const decode = recordDecoder("events", wide, padded);
  assert.equal(decode(view, 0, 12), 0x0706050403020100n);
  assert.equal(decode(view, 0, 8), 0x0706050403020100n);
  throwsFor(decode, 20);
  throwsFor(decode, 4);
});

test("several types are told apart by size, and those of one size are bytes", async () => {
  const warned = once(process, "warning");
  const decode = recordDecoder("events", [word, wide]);
  assert.equal(decode(view, 0, 4), 0x03020100);
  assert.equal(decode(view, 0, 8), 0x0706050403020100n);
  throwsFor(decode, 5);
  const alike = recordDecoder("events", [word, real, wide]);
  assert.deepEqual(alike(view, 0, 4), Uint8Array.of(0, 1, 2, 3));
  assert.equal(alike(view, 0, 8), 0x0706050403020100n);
  const [warning] = (await warned) as [Error];
  assert.match(warning.message, /^events: events of the types u32 and float have one size .* tag: /);
});

test("an open-ended type takes longer records", () => {
  const bytes = { kind: "bytes", size: 0 } as const;
  const slots = [
    { name: "length", offset: 0, shape: { kind: "integer", size: 4, signed: false } as const },
    { name: "data", offset: 4, shape: bytes },
  ];
  const open = codecOf<unknown>({ kind: "record", size: 4, union: false, slots }, "struct open");
  const decode = recordDecoder("events", open);
  assert.deepEqual(decode(view, 0, 9), { length: 0x03020100, data: new Uint8Array() });
  throwsFor(decode, 3);
});

test("of an event of which a part was sent the rest is zero", () => {
  const decode = recordDecoder("events", wide, padded, true);
  assert.equal(decode(view, 4, 4), 0x07060504n);
  assert.equal(decode(view, 0, 8), 0x0706050403020100n);
  assert.equal(decode(view, 0, 12), 0x0706050403020100n);
  assert.equal(decode(view, 4, 0), 0n);
  throwsFor(decode, 20);
});
