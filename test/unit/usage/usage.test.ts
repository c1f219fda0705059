import assert from "node:assert/strict";
import { test } from "node:test";
import { usage } from "../../../src/index.ts";
import { readWords } from "../../../src/usage/read-words.ts";

const TEXT = `opens [options] pattern [interval]

Counts opens.

Options:
  -p, --pid <number>       of this process only
  -x, --failed             only those that failed
      --max-args <number>
  -P, --port <numbers>     of these ports
  -n, --name <text>        with <angle> brackets in its words
  -f, --flag <texts>       may be given several times
  -u, --uid <user>         a name or a number

  pattern <text>           what to count
  interval <number>        seconds

Examples:
  opens -p 12 vfs_read
`;

const NONE = {
  pid: undefined,
  failed: false,
  maxArgs: undefined,
  port: undefined,
  name: undefined,
  flag: undefined,
  uid: undefined,
  interval: undefined,
};

const READ: readonly [words: string, values: object][] = [
  ["vfs_read", { ...NONE, pattern: "vfs_read" }],
  [
    "-p 12 -x --max-args=3 a 1.5",
    { ...NONE, pid: 12, failed: true, maxArgs: 3, pattern: "a", interval: 1.5 },
  ],
  ["-xp12 a", { ...NONE, pid: 12, failed: true, pattern: "a" }],
  ["-P 80,0x1bb -n x a", { ...NONE, port: [80, 443], name: "x", pattern: "a" }],
  ["-f O_RDWR -f O_CREAT a", { ...NONE, flag: ["O_RDWR", "O_CREAT"], pattern: "a" }],
  ["-u root a", { ...NONE, uid: 0, pattern: "a" }],
  ["--uid 1000 -- -a", { ...NONE, uid: 1000, pattern: "-a" }],
];

for (const [words, values] of READ) {
  test(`read: ${words}`, () => assert.deepEqual({ ...readWords(TEXT, words.split(" ")) }, values));
}

const REFUSED: readonly [words: string, problem: RegExp][] = [
  ["", /^pattern is missing$/],
  ["a 1 2", /no place for 2/],
  ["-q a", /Unknown option '-q'/],
  ["-p a b", /pid is a number, not a/],
  ["-p -1 b", /ambiguous|number/],
  ["-P 1,,2 b", /port is a number, not $/],
  ["--failed=yes a", /does not take an argument/],
  ["-u nobody-of-that-name a", /no user nobody-of-that-name/],
];

for (const [words, message] of REFUSED) {
  test(`refused: ${words}`, () => {
    const given = words.split(" ").filter((word) => word !== "");
    assert.throws(() => readWords(TEXT, given), { code: "USAGE", message });
  });
}

test("a value of an unknown kind is an error of the text", () => {
  assert.throws(() => usage("a [options]\n  -p, --pid <pid>  one", []), { code: "USAGE_TEXT" });
});

test("the values have the types that the text says", () => {
  const { pid, failed, maxArgs, port, name, flag, interval } = usage(
    `a [options] [interval]
  -p, --pid <number>       of this process only
  -x, --failed             only those that failed
      --max-args <number>
  -P, --port <numbers>     of these ports
  -n, --name <text>        with <angle> brackets in its words
  -f, --flag <texts>
  interval <number>        seconds
`,
    ["-p", "1"],
  );
  const number: number | undefined = pid;
  const both: boolean = failed;
  const most: number | undefined = maxArgs;
  const ports: readonly number[] | undefined = port;
  const text: string | undefined = name;
  const texts: readonly string[] | undefined = flag;
  const seconds: number | undefined = interval;
  assert.deepEqual(
    [number, both, most, ports, text, texts, seconds],
    [1, false, undefined, undefined, undefined, undefined, undefined],
  );
  // @ts-expect-error: a switch is no number
  const wrong: number = failed;
  assert.equal(wrong, false);
});
