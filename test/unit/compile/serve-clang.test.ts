// A guest is not trusted: what it asks of the host's clang must not reach the host's files.
import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { parseHead, refusedFlags } from "../../../src/compile/clang-request.ts";
import { serveClang } from "../../../src/compile/serve-clang.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";

const directory = temporaryDirectory("test");

interface Answer {
  readonly id: string;
  readonly status: number;
  readonly error?: string;
  readonly output: string;
  readonly messages: string;
}

/** The guest's end of a port. */
function connect() {
  let received = Buffer.alloc(0);
  const port = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      received = Buffer.concat([received, chunk]);
      done();
    },
  });
  serveClang(port);
  const next = async (): Promise<Answer> => {
    for (;;) {
      const end = received.indexOf(10);
      const head = end < 0 ? undefined : JSON.parse(received.toString("utf8", 0, end));
      const size = head === undefined ? 0 : end + 1 + head.output + head.messages;
      if (head !== undefined && received.length >= size) {
        const body = received.toString("utf8", end + 1, size);
        received = received.subarray(size);
        return { ...head, output: body.slice(0, head.output), messages: body.slice(head.output) };
      }
      await sleep(5);
    }
  };
  return { port, next };
}

function request(id: string, code: string, flags: object = {}): Buffer {
  const text = Buffer.from(code);
  const head = { id, mode: "preprocess", flags, length: text.length };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), text]);
}

test("requests are answered in order, however they are cut", async () => {
  const { port, next } = connect();
  const both = Buffer.concat([request("a", "int A;", { cflags: ["-DA=é"] }), request("b", "#error B")]);
  for (const byte of both) port.push(Buffer.from([byte]));
  const first = await next();
  assert.deepEqual([first.id, first.status], ["a", 0]);
  assert.match(first.output, /^int é;$/m);
  const second = await next();
  assert.equal(second.id, "b");
  assert.match(second.messages, /error: B/);
  port.push(Buffer.concat([request("c", "int c;"), request("d", "int d;")]));
  assert.match((await next()).output, /^int c;$/m);
  assert.match((await next()).output, /^int d;$/m);
});

test("flags that have clang write a file are refused, and the port stays open", async () => {
  const { port, next } = connect();
  const file = join(directory, "written");
  port.push(request("a", "int a;", { cflags: ["-DA", `-Wp,-MD,${file}`] }));
  const { error } = await next();
  assert.equal(error, `a guest may not use the flags -Wp,-MD,${file}`);
  assert.equal(existsSync(file), false);
  port.push(request("b", "int b;"));
  assert.equal((await next()).status, 0);
});

const REFUSED = [
  "-o",
  "/etc/passwd",
  "@/tmp/x",
  "-Wp,-MD,x",
  "-Wl,x",
  "-Wa,x",
  "-fplugin=x",
  "-ftime-trace",
  "-I",
  "-D",
];
const TAKEN = [
  "-DX",
  "-DX=a\nb",
  "-UX",
  "-I/usr/include",
  "-Wall",
  "-Werror=x",
  "-W",
  "-Wpedantic",
  "-Wlong-long",
];

test("flags: definitions, warnings and directories", () => {
  assert.deepEqual(refusedFlags({ flags: { cflags: [...TAKEN, ...REFUSED] } }), REFUSED);
});

/** The name of a file of words, where a directory is meant. */
const responseFile = join(directory, "words");
writeFileSync(responseFile, "x -o /dev/null");

const head = { id: "a", mode: "object", flags: {}, length: 1 };
const SENSELESS: readonly (readonly [what: string, line: string])[] = [
  ["no JSON", "garbage"],
  ["no object", "3"],
  ["null", "null"],
  ["no id", JSON.stringify({ ...head, id: 1 })],
  ["an unknown mode", JSON.stringify({ ...head, mode: "constructor" })],
  ["a length that is none", JSON.stringify({ ...head, length: "1" })],
  ["a negative length", JSON.stringify({ ...head, length: -1 })],
  ["a length beyond all programs", JSON.stringify({ ...head, length: 2 ** 40 })],
  ["no flags", JSON.stringify({ ...head, flags: undefined })],
  ["flags that are no words", JSON.stringify({ ...head, flags: { cflags: [1] } })],
  ["a file of words as directory", JSON.stringify({ ...head, flags: { directory: `@${responseFile}` } })],
];

for (const [what, line] of SENSELESS) {
  test(`a guest that sends ${what} loses the port, not the host its process`, async () => {
    assert.throws(() => parseHead(line));
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    const { port } = connect();
    port.push(`${line}\nx`);
    assert.match((await warned).message, /^the guest's port for clang is closed: /);
    assert.equal(port.destroyed, true);
  });
}

test("a line without end is not kept for ever", async () => {
  const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
  const { port } = connect();
  for (let i = 0; i < 20; i++) port.push(Buffer.alloc(1 << 16, "x"));
  assert.match((await warned).message, /a request has no end/);
  assert.equal(port.destroyed, true);
});
