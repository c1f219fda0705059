import assert from "node:assert/strict";
import { test } from "node:test";
import type { AggregateLayout, ValueLayout } from "../../../src/program/value-layout.ts";
import { decodeScriptValue } from "../../../src/values/decode-script-value.ts";
import { mergeAggregate } from "../../../src/values/merge-aggregate.ts";
import type { AggregateValue, ScriptValue } from "../../../src/values/script-value.ts";

const u32: ValueLayout = { kind: "integer", size: 4, signed: false };

/** Bytes in hexadecimal, what they are, and the value. */
const decoded: readonly (readonly [hex: string, ValueLayout, ScriptValue])[] = [
  [
    "ffffffff",
    { kind: "integer", size: 4, signed: true },
    { kind: "integer", value: -1n, bytes: 4, signed: true, name: undefined },
  ],
  ["ffffffff", u32, { kind: "integer", value: 4294967295n, bytes: 4, signed: false, name: undefined }],
  [
    "02000000",
    { kind: "integer", size: 4, signed: false, names: { 2: "TWO" } },
    { kind: "integer", value: 2n, bytes: 4, signed: false, name: "TWO" },
  ],
  [
    "1e",
    { kind: "bits", size: 1, shift: 2, width: 2, signed: false },
    { kind: "integer", value: 3n, bytes: 8, signed: false },
  ],
  [
    "1e",
    { kind: "bits", size: 1, shift: 2, width: 3, signed: true },
    { kind: "integer", value: -1n, bytes: 8, signed: true },
  ],
  ["01", { kind: "boolean", size: 1 }, { kind: "boolean", value: true }],
  ["00000000ffff0000", { kind: "pointer", size: 8 }, { kind: "pointer", value: 0xffff00000000n }],
  ["6162006364", { kind: "string", size: 5 }, { kind: "string", value: "ab" }],
  ["61ff", { kind: "string", size: 2 }, { kind: "string", value: "a\udcff" }],
  ["02000000616263", { kind: "buffer", size: 7 }, { kind: "buffer", value: Uint8Array.from([0x61, 0x62]) }],
  [
    "ff000000616263",
    { kind: "buffer", size: 7 },
    { kind: "buffer", value: Uint8Array.from([0x61, 0x62, 0x63]) },
  ],
  [
    "0100",
    { kind: "array", size: 2, of: { kind: "boolean", size: 1 }, count: 2 },
    {
      kind: "array",
      items: [
        { kind: "boolean", value: true },
        { kind: "boolean", value: false },
      ],
    },
  ],
  [
    "0161620003",
    { kind: "record", size: 5, fields: [{ name: "s", offset: 1, layout: { kind: "string", size: 3 } }] },
    { kind: "record", fields: [["s", { kind: "string", value: "ab" }]] },
  ],
];

for (const [hex, layout, value] of decoded) {
  test(`${hex} as ${layout.kind}`, () => {
    const bytes = Uint8Array.from(Buffer.from(`00${hex}`, "hex"));
    assert.deepEqual(
      decodeScriptValue(new DataView(bytes.buffer), 1, layout, { deferred: () => ({ kind: "none" }) }),
      value,
    );
  });
}

/** The words of each CPU, and what they come to. */
const merged: readonly (readonly [AggregateLayout, (number | bigint)[][], AggregateValue])[] = [
  [{ kind: "count" }, [[1], [2]], { kind: "count", value: 3n, signed: false }],
  [{ kind: "sum", signed: true }, [[-5], [2]], { kind: "sum", value: -3n, signed: true }],
  [
    { kind: "min", signed: true },
    [
      [0, 0],
      [3, 1],
      [-2, 1],
    ],
    { kind: "min", value: -2n, signed: true },
  ],
  [
    { kind: "max", signed: false },
    [
      [9, 0],
      [3, 1],
      [-1, 1],
    ],
    { kind: "max", value: 2n ** 64n - 1n, signed: false },
  ],
  [{ kind: "max", signed: true }, [[9, 0]], { kind: "max", value: 0n, signed: true }],
  [
    { kind: "stats", signed: true },
    [
      [1, -10],
      [2, 4],
    ],
    { kind: "stats", count: 3n, total: -6n, signed: true },
  ],
  [
    { kind: "lhist", min: "0", max: "2", step: "1" },
    [
      [1, 0, 2, 0],
      [0, 0, 3, 4],
    ],
    { kind: "lhist", min: 0n, max: 2n, step: 1n, counts: [1n, 0n, 5n, 4n] },
  ],
  [
    { kind: "tseries", intervalNs: "10", intervals: 3, how: "avg", signed: true },
    [
      [8, 2, 9, 70, 0, 0, 0, 0, 6, 1, 5, 50],
      [8, 1, 3, 71, 5, 1, 1, 40, 0, 0, 0, 0],
    ],
    {
      kind: "tseries",
      signed: true,
      how: "avg",
      intervalNs: 10n,
      points: [
        { start: 50n, value: 5n },
        { start: 60n, value: undefined },
        { start: 70n, value: 4n },
      ],
    },
  ],
  [
    { kind: "tseries", intervalNs: "10", intervals: 1, how: "last", signed: true },
    [
      [8, 1, 9, 70],
      [8, 1, -3, 75],
    ],
    { kind: "tseries", signed: true, how: "last", intervalNs: 10n, points: [{ start: 70n, value: -3n }] },
  ],
];

for (const [layout, cpus, value] of merged) {
  test(`${layout.kind} of ${cpus.length} CPUs`, () => {
    const size = (cpus[0]?.length ?? 0) * 8;
    const view = new DataView(new ArrayBuffer(size * cpus.length));
    cpus.flat().forEach((word, index) => {
      view.setBigInt64(index * 8, BigInt(word), true);
    });
    const offsets = cpus.map((_, cpu) => cpu * size);
    assert.deepEqual(mergeAggregate(layout, view, offsets, size), value);
  });
}
