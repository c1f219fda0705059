import assert from "node:assert/strict";
import { test } from "node:test";
import { selectDefinitions } from "../../../../src/languages/bcc/definitions.ts";
import { prescan } from "../../../../src/languages/bcc/prescan.ts";

const DENTRY_WITH_NAME = (struct: string, member: string) => struct === "dentry" && member === "d_iname";

/** Title, text of a program, names that it gets, names that it does not get. */
const CASES: readonly [title: string, text: string, brought: string[], missing: string[]][] = [
  ["no header", "int x = sk->sk_daddr;", [], ["sk_daddr"]],
  ["the header itself", "#include <net/sock.h>\nint x = sk->sk_daddr;", ["sk_daddr"], []],
  ["a header that brings it", "#include <linux/tcp.h>\nint x = sk->sk_daddr;", ["sk_daddr"], []],
  ["a header that does not", "#include <linux/sched.h>\nint x = sk->sk_daddr;", [], ["sk_daddr"]],
  [
    "a macro that is only asked for",
    "#include <linux/security.h>\n#ifdef CAP_OPT_NONE\n#endif",
    ["CAP_OPT_NONE"],
    [],
  ],
  ["the same without its header", "#ifdef CAP_OPT_NONE\n#endif", [], ["CAP_OPT_NONE"]],
  ["a member that is there", "char n[DNAME_INLINE_LEN];", ["DNAME_INLINE_LEN"], ["d_iname"]],
  ["the program's own", "#define DNAME_INLINE_LEN 3\nchar n[DNAME_INLINE_LEN];", [], ["DNAME_INLINE_LEN"]],
];

for (const [title, text, brought, missing] of CASES) {
  test(`which definitions a program gets: ${title}`, () => {
    const { names } = select(text, DENTRY_WITH_NAME);
    assert.deepEqual(
      brought.filter((name) => !names.has(name)),
      [],
    );
    assert.deepEqual(
      missing.filter((name) => names.has(name)),
      [],
    );
  });
}

test("a member that a kernel renamed is a macro there", () => {
  assert.ok(select("char n[DNAME_INLINE_LEN];", () => false).names.has("d_iname"));
});

for (const [is, has] of [
  ["counts", true],
  ["does not count", false],
] as const) {
  test(`where the kernel ${is} what finds no room in a perf buffer, the program ${has ? "does not" : "does"}`, () => {
    const text = "BPF_PERF_OUTPUT(e); int f(void *ctx) { bcc_ts_perf_submit(e, ctx, ctx, 8); }";
    const counts = (struct: string, member: string) =>
      has && `${struct}.${member}` === "perf_event.lost_samples";
    const { names, text: library } = select(text, counts, ["tables-code.h"]);
    assert.equal(names.has("BCC_TS_COUNT_LOST"), !has);
    // What does not get to a buffer the program counts in any case.
    assert.match(library, /u64 bcc_ts_lost_##NAME/);
    assert.equal(library.match(/#define BCC_TS_PERF_RESULT\(/g)?.length, 1);
    assert.equal(/bcc_ts_result != -28\b/.test(library), has);
  });
}

function select(
  text: string,
  hasMember: (struct: string, member: string) => boolean,
  files = ["constants.h"],
) {
  const { identifiers, defined, headers } = prescan(text);
  const { macros, members } = defined;
  return selectDefinitions(files, { identifiers, defined: macros, members, headers, hasMember });
}
