import assert from "node:assert/strict";
import { test } from "node:test";
import { explainKprobeFailure } from "../../../src/attach/kprobe-failure.ts";
import type { KprobeTarget } from "../../../src/attach/kprobe-target.ts";
import { AttachError, SyscallError } from "../../../src/errors.ts";
import { ERRNO } from "../../../src/ffi/errno-table.ts";
import { KernelSymbolTable } from "../../../src/kernel/kallsyms.ts";

const names = `
T tcp_v4_connect
T tcp_v6_connect
t finish_task_switch.isra.0
t finish_task_switch.isra.0.cold
t split_function.cold
T __x64_sys_openat
T do_int3
T rcu_nmi_enter
t show
t show
D init_task
T vfs_read
`;
const symbols = new KernelSymbolTable(
  names
    .trim()
    .split("\n")
    .map((line, i) => `${(0xffffffff81000000n + BigInt(i) * 16n).toString(16)} ${line}\n`)
    .join(""),
);
const traceable = new Set(["tcp_v4_connect", "tcp_v6_connect", "__x64_sys_openat", "show", "vfs_read"]);
const refused = new Set(["do_int3"]);
const facts = () => ({ symbols, probeable: { traceable, refused } });

const { ENOENT, EINVAL, EADDRNOTAVAIL, EILSEQ, EBUSY } = ERRNO;

/** Target, errno, the message, the hint, the similar names. */
const TABLE: readonly (readonly [KprobeTarget, number, RegExp, RegExp | undefined, readonly string[]])[] = [
  [
    { symbol: "tcp_v4_conect" },
    ENOENT,
    /no such function/,
    /Did you mean tcp_v4_connect\?/,
    ["tcp_v4_connect", "tcp_v6_connect"],
  ],
  [
    { symbol: "finish_task_switch", retprobe: true },
    ENOENT,
    /cannot attach a kretprobe to finish_task_switch: the compiler optimised it to finish_task_switch\.isra\.0$/,
    /Attach to finish_task_switch\.isra\.0;/,
    ["finish_task_switch.isra.0"],
  ],
  [{ symbol: "split_function" }, ENOENT, /no such function/, /split_function\.cold/, ["split_function.cold"]],
  [
    { symbol: "sys_openat" },
    ENOENT,
    /no such function/,
    /mean __x64_sys_openat\? System calls/,
    ["__x64_sys_openat"],
  ],
  [{ symbol: "zzzzzzzzzzzz" }, ENOENT, /no such function/, /kallsyms/, []],
  [{ symbol: "do_int3" }, EINVAL, /allows no kprobes on it/, /function that calls it/, []],
  [
    { symbol: "rcu_nmi_enter" },
    EINVAL,
    /not traceable: .*notrace.*inlined/,
    /available_filter_functions/,
    [],
  ],
  [{ symbol: "show" }, EADDRNOTAVAIL, /2 functions have this name/, /name of its own/, []],
  [{ symbol: "init_task" }, ENOENT, /a variable and no function/, undefined, []],
  [
    { symbol: "vfs_read", offset: 3 },
    EILSEQ,
    /vfs_read\+0x3: there is no instruction/,
    /first instruction/,
    [],
  ],
  [{ symbol: "vfs_read" }, EBUSY, /cannot attach a kprobe to vfs_read: EBUSY/, undefined, []],
];

for (const [target, errno, message, hint, similar] of TABLE) {
  test(`a kprobe on ${target.symbol} that fails`, () => {
    const error = explainKprobeFailure(target, errno, facts);
    assert.ok(error instanceof AttachError);
    assert.match(error.message, message);
    if (hint === undefined) assert.equal(error.hint, undefined);
    else assert.match(error.hint ?? "", hint);
    assert.deepEqual(error.similar, similar);
    assert.ok(error.cause instanceof SyscallError && error.cause.errno === errno);
    for (const name of similar) assert.ok(error.format().includes(name));
  });
}

test("where the kernel keeps its lists from us, the errno is what is known", () => {
  const hidden = () => ({ symbols, probeable: { traceable: undefined, refused: undefined } });
  assert.match(explainKprobeFailure({ symbol: "do_int3" }, EINVAL, hidden).message, /: EINVAL$/);
});
