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

function select(text: string, hasMember: (struct: string, member: string) => boolean) {
  const { identifiers, defined, headers } = prescan(text);
  return selectDefinitions(["constants.h"], { identifiers, defined: defined.macros, headers, hasMember });
}
