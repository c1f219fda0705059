import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import {
  encodeGreeting,
  encodeRequest,
  encodeSignal,
  encodeWord,
  parseReply,
} from "../../../src/vm/control-channel.ts";

const words: readonly (readonly [word: string, encoded: string])[] = [
  ["", ""],
  ["/usr/bin/a-b_c.d,e:f=g+h@i", "/usr/bin/a-b_c.d,e:f=g+h@i"],
  ["a b", "a\\040b"],
  ["\n", "\\012"],
  ["\\", "\\134"],
  ["%s$x`'\"", "\\045s\\044x\\140\\047\\042"],
  ["é", "\\303\\251"],
];

for (const [word, encoded] of words)
  test(`the word ${JSON.stringify(word)}`, () => assert.equal(encodeWord(word), encoded));

test("a word is one field of a line whatever it holds, and the guest's printf gives it back", () => {
  const random = Array.from({ length: 20 }, () =>
    String.fromCodePoint(...Array.from({ length: 30 }, () => randomInt(1, 0xd7ff))),
  );
  const every = String.fromCharCode(...Array.from({ length: 127 }, (_, index) => index + 1));
  for (const word of [every, ...random]) {
    const encoded = encodeWord(word);
    assert.match(encoded, /^[A-Za-z0-9_/.,:=+@\\-]+$/);
    const decoded = execFileSync("busybox", ["sh", "-c", 'printf "$1"', "sh", encoded], { encoding: "utf8" });
    assert.equal(decoded, word, `random word ${JSON.stringify(word)}`);
  }
});

test("a request is lines of a key and words, with the command last", () => {
  const request = encodeRequest({
    cwd: "/a b",
    env: { NAME: "x\ny" },
    command: ["/bin/echo", "run"],
    writable: ["/w"],
    services: ["chat"],
    links: [["/from", "/to"]],
  });
  assert.deepEqual(request.split("\n"), [
    "link /from /to",
    "writable 0 /w",
    "service 0 chat",
    "word /a\\040b",
    "word NAME=x\\012y",
    "word /run/bcc-ts/busybox",
    "word setsid",
    "word /bin/echo",
    "word run",
    "run",
    "",
  ]);
});

test("the greeting rounds the time to seconds", () => {
  assert.equal(encodeGreeting(1_700_000_000_600), "time 1700000001\nmount\n");
});

test("a signal goes by its short name", () => assert.equal(encodeSignal("SIGUSR1"), "signal USR1\n"));

test("replies", () => {
  assert.deepEqual(parseReply("ready"), { kind: "ready" });
  assert.deepEqual(parseReply("exited 3 10 20"), {
    kind: "exit",
    exit: { exitCode: 3, signal: undefined, stdoutBytes: 10, stderrBytes: 20 },
  });
  assert.deepEqual(parseReply("signalled 15 0 7"), {
    kind: "exit",
    exit: { exitCode: 143, signal: 15, stdoutBytes: 0, stderrBytes: 7 },
  });
  for (const line of ["", "exited 3", "exited x 1 2", "exited 1 2 3 4", "readyy"])
    assert.throws(() => parseReply(line), TypeError, line);
});
