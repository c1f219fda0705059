import assert from "node:assert/strict";
import { test } from "node:test";
import { similarNames } from "../../../src/source/similar-names.ts";

const cases: readonly [wanted: string, names: readonly string[], similar: readonly string[]][] = [
  ["tcp_v4_conect", ["tcp_v4_connect", "tcp_v6_connect", "vfs_read"], ["tcp_v4_connect", "tcp_v6_connect"]],
  ["lokup", ["lookup", "update", "delete"], ["lookup"]],
  ["finish_task_switch", ["finish_task_switch.isra.0", "schedule"], ["finish_task_switch.isra.0"]],
  ["upadte", ["update"], ["update"]],
  ["same", ["same"], []],
  ["x", ["completely_other"], []],
];

for (const [wanted, names, similar] of cases) {
  test(`${wanted} among ${names.join(", ")}`, () => {
    assert.deepEqual(similarNames(wanted, names), similar);
  });
}
