import assert from "node:assert/strict";
import { test } from "node:test";
import { BpfError } from "../../../src/errors.ts";
import { eventDecoder } from "../../../src/rings/event-decoder.ts";
import { EventError } from "../../../src/rings/event-error.ts";
import { codecOf } from "../../../src/values/compile-codec.ts";
import type { IntegerShape, Shape } from "../../../src/values/shape.ts";

const u32: IntegerShape = { kind: "integer", size: 4, signed: false };
const record = (name: string, members: Readonly<Record<string, Shape>>) => {
  let size = 0;
  const slots = Object.entries(members).map(([member, shape]) => {
    const slot = { name: member, offset: size, shape };
    size += shape.size;
    return slot;
  });
  return codecOf<unknown>({ kind: "record", size, union: false, slots }, `struct ${name}`);
};
const opened = record("opened", { kind: u32, fd: u32 });
const closed = record("closed", { kind: u32, result: { ...u32, signed: true } });
const late = record("late", { fd: u32, kind: u32 });
const text = record("text", { kind: { kind: "text", size: 4 }, fd: u32 });

const bytes = (...words: readonly number[]) => new DataView(Uint32Array.from(words).buffer);

test("types of one size are told apart by the value of a member", () => {
  const tag = { member: "kind", types: { 1: "opened", 2: "struct closed" } };
  const decode = eventDecoder("events", { codec: [opened, closed], tag });
  assert.deepEqual(decode(bytes(1, 7), 0, 8), { kind: 1, fd: 7 });
  assert.deepEqual(decode(bytes(2, 0xffff_ffff), 0, 8), { kind: 2, result: -1 });
  for (const [record, size, message] of [
    [bytes(3, 7), 8, /known kind \(3\)/],
    [bytes(1, 7), 4, /struct opened/],
    [bytes(1, 7), 2, /kind/],
  ] as const) {
    assert.throws(
      () => decode(record, 0, size),
      (error: unknown) => error instanceof EventError && message.test(error.message),
    );
  }
});

test("a tag that does not fit the types is refused at once", () => {
  for (const [codec, types, message] of [
    [[opened, closed], { 1: "other" }, /there are: struct opened, struct closed/],
    [[opened, late], { 1: "opened", 2: "late" }, /not at the same place/],
    [[opened, text], { 1: "opened", 2: "text" }, /no whole number kind/],
    [[opened], {}, /names no type/],
  ] as const) {
    assert.throws(
      () => eventDecoder("events", { codec, tag: { member: "kind", types } }),
      (error: unknown) => BpfError.is(error) && error.code === "EVENT_TAG" && message.test(error.message),
    );
  }
});
