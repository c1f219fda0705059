import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonMap } from "../../../../src/output/script/json-value.ts";
import { type MapPrinting, mapText } from "../../../../src/output/script/map-text.ts";
import type { ScriptMapValue, ScriptValue } from "../../../../src/values/script-value.ts";
import {
  array,
  bool,
  buf,
  count,
  enumerator,
  int,
  keyed,
  ptr,
  record,
  scalar,
  spelled,
  stats,
  str,
  tuple,
} from "./values.ts";

const STACK: ScriptValue = {
  kind: "stack",
  mode: "bpftrace",
  frames: [{ address: 16n, symbol: "vfs_read+4", module: "kernel" }, { address: 0x7fffn }],
};
const nested = record({ a: int(0), d: tuple(int(5), int(6)), e: record({ x: int(1) }) });
const averages = ["a", "b", "c", "d"].map((key, at): [ScriptValue[], ScriptValue] => [
  [str(key)],
  stats("avg", 1, 10 * (at + 1)),
]);

/** What is printed, as text and as JSON; the order of a map's entries is part of it. */
const cases: readonly (readonly [ScriptMapValue, text: string, json: string, MapPrinting?])[] = [
  [scalar("@", int(-3)), "@: -3\n", '{"@": -3}'],
  [scalar("@a", str("a b \n d")), "@a: a b \n d\n", '{"@a": "a b \\n d"}'],
  [scalar("@", ptr(0x32)), "@: 0x32\n", '{"@": 50}'],
  [scalar("@", count(2)), "@: 2\n", '{"@": 2}'],
  [scalar("@", int(2n ** 63n - 1n)), "@: 9223372036854775807\n", '{"@": "9223372036854775807"}'],
  [scalar("@", enumerator(1, "ONE")), "@: ONE\n", '{"@": 1}'],
  [scalar("@", array(bool(true), bool(false))), "@: [true,false]\n", '{"@": [true,false]}'],
  [
    scalar("@", tuple(int(1), str("string"), tuple(int(4), int(5)))),
    "@: (1, string, (4, 5))\n",
    '{"@": [1,"string",[4,5]]}',
  ],
  [
    scalar("@", nested),
    "@: { .a = 0, .d = (5, 6), .e = { .x = 1 } }\n",
    '{"@": {"a": 0, "d": [5,6], "e": {"x": 1}}}',
  ],
  [scalar("@", buf("ok\0")), "@: ok\\x00\n", '{"@": "ok\\\\x00"}'],
  [scalar("@", spelled("main", 7)), "@: main\n", '{"@": "main"}'],
  [
    scalar("@", stats("stats", 3, 6)),
    "@: { .count = 3, .average = 2, .total = 6 }\n",
    '{"@": {"count": 3, "average": 2, "total": 6}}',
  ],
  [scalar("@", stats("avg", 2, -40)), "@: -20\n", '{"@": -20}'],
  [scalar("@", stats("avg", 0, 0)), "@: 0\n", '{"@": 0}'],
  [
    scalar("@", STACK),
    "@: \n        vfs_read+4\n        0x7fff\n\n",
    '{"@": "\\n        vfs_read+4\\n        0x7fff\\n"}',
  ],
  [
    keyed("@", [[STACK], int(1)]),
    "@[\n    vfs_read+4\n    0x7fff\n]: 1\n",
    '{"@": {"\\n    vfs_read+4\\n    0x7fff\\n": 1}}',
  ],
  [{ name: "@x", keyed: true, valueKind: "integer", entries: [] }, "", '{"@x": {}}'],
  // Numbers are in the order of the values, then of the keys.
  [
    keyed("@", [[str("b")], int(2)], [[str("a")], int(3)], [[str("c")], int(-1)], [[str("ab")], int(2)]),
    "@[c]: -1\n@[ab]: 2\n@[b]: 2\n@[a]: 3\n",
    '{"@": {"c": -1, "ab": 2, "b": 2, "a": 3}}',
  ],
  // Texts are in the order of the keys, numbers in keys by size.
  [
    keyed("@", [[int(10)], str("x")], [[int(9)], str("y")], [[int(-1)], str("z")]),
    "@[-1]: z\n@[9]: y\n@[10]: x\n",
    '{"@": {"-1": "z", "9": "y", "10": "x"}}',
  ],
  [
    keyed("@", [[str("x y"), int(2)], str("b")], [[str("x y"), int(1)], str("a")]),
    "@[x y, 1]: a\n@[x y, 2]: b\n",
    '{"@": {"x y,1": "a", "x y,2": "b"}}',
  ],
  [
    keyed("@", [[tuple(int(1), tuple(enumerator(2, "TWO"), int(3)))], int(4)]),
    "@[1, (TWO, 3)]: 4\n",
    '{"@": {"1,(2,3)": 4}}',
  ],
  [keyed("@", ...averages), "@[c]: 3\n@[d]: 4\n", '{"@": {"c": 3, "d": 4}}', { top: 2, divisor: 10 }],
  [
    keyed("@", ...averages),
    "@[a]: 10\n@[b]: 20\n@[c]: 30\n@[d]: 40\n",
    '{"@": {"a": 10, "b": 20, "c": 30, "d": 40}}',
    { top: 0 },
  ],
];

for (const [map, text, json, printing] of cases) {
  test(JSON.stringify(text), () => {
    assert.equal(mapText(map, printing), text);
    assert.equal(jsonMap(map, printing), json);
    JSON.parse(json);
  });
}
