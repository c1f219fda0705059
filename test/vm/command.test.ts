import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { Readable, Writable } from "node:stream";
import { test } from "node:test";
import { runGuest, runScript } from "./guest-run.ts";

const exits: readonly (readonly [
  title: string,
  command: readonly string[],
  code: number,
  signal?: string,
])[] = [
  ["success", ["true"], 0],
  ["a status", ["sh", "-c", "exit 3"], 3],
  ["the highest status", ["sh", "-c", "exit 255"], 255],
  ["a program that is not there", ["/no/such/program"], 127],
  ["a name that no directory of PATH has", ["no-such-program-of-any-kind"], 127],
  ["a file that is no program", ["/etc/passwd"], 126],
  ["a signal", ["sh", "-c", "kill -KILL $$"], 137, "SIGKILL"],
  ["a status that looks like a signal", ["sh", "-c", "exit 137"], 137],
];

for (const [title, command, code, signal] of exits) {
  test(`the end of a command: ${title}`, async () => {
    const run = await runGuest({ command });
    assert.equal(run.exitCode, code, run.stderr);
    assert.equal(run.signal, signal);
  });
}

test("stdout and stderr stay apart", async () => {
  const run = await runScript("echo out; echo err >&2; echo out2 >/dev/stdout; echo err2 >/dev/stderr");
  assert.equal(run.stdout, "out\nout2\n");
  assert.equal(run.stderr, "err\nerr2\n");
});

test("binary input and output arrive byte by byte", async () => {
  const input = randomBytes(1 << 20);
  const hash = createHash("sha256").update(input).digest("hex");
  const summed = await runGuest({ command: ["sha256sum"], stdin: Readable.from([input]) });
  assert.equal(summed.stdout, `${hash}  -\n`);
  const copied = await runGuest({ command: ["cat"], stdin: Readable.from([input]) });
  assert.equal(createHash("sha256").update(copied.output).digest("hex"), hash);
});

test("without input the command reads an end of file", async () => {
  const run = await runGuest({ command: ["cat"] });
  assert.deepEqual([run.exitCode, run.stdout], [0, ""]);
});

test("a slow reader loses nothing", async () => {
  let length = 0;
  const slow = new Writable({
    highWaterMark: 1024,
    write(chunk: Buffer, _encoding, done) {
      length += chunk.length;
      setTimeout(done, 5);
    },
  });
  const { runInVm } = await import("../../src/vm/run.ts");
  await runInVm({
    command: ["head", "-c", "3000000", "/dev/zero"],
    cwd: "/",
    stdout: slow,
    timeoutMs: 60_000,
  });
  await new Promise((resolve) => slow.end(resolve));
  assert.equal(length, 3_000_000);
});

test("arguments reach the command as they are", async () => {
  const words = [
    "",
    " ",
    "a b",
    "two\nlines\n",
    `'"\`$(id)\${HOME}\\`,
    "%s\\n",
    "*",
    "-n",
    "é✓",
    "\t\x01\x7f",
    "a=b",
  ];
  const run = await runGuest({ command: ["printf", "%s\\0", ...words] });
  assert.deepEqual(run.stdout.split("\0").slice(0, -1), words);
});

test("the environment is the caller's and four defaults", async () => {
  const env = { EMPTY: "", LINES_: "one\ntwo\n", HOME: "/tmp", ODD: "'\"$(id)\\" };
  const run = await runGuest({ command: ["env", "-0"], env });
  const seen = Object.fromEntries(
    run.stdout
      .split("\0")
      .filter(Boolean)
      .map((line) => line.split(/=(.*)/s)),
  );
  assert.deepEqual(Object.keys(seen).sort(), ["EMPTY", "HOME", "LANG", "LINES_", "ODD", "PATH", "TERM"]);
  for (const [name, value] of Object.entries(env)) assert.equal(seen[name], value);
});

test("the working directory is the asked one", async () => {
  const run = await runGuest({ command: ["pwd"], cwd: "/usr/share" });
  assert.equal(run.stdout, "/usr/share\n");
  const missing = await runGuest({ command: ["pwd"], cwd: "/no/such/directory" });
  assert.equal(missing.exitCode, 125);
});

test("what a command leaves running ends with it", async () => {
  const run = await runScript("sleep 1000 & echo started");
  assert.equal(run.stdout, "started\n");
  assert.ok(run.totalMs - run.bootMs < 20_000, `took ${run.totalMs - run.bootMs} ms`);
});

test("a service is a serial port with our name", async () => {
  let heard = "";
  const chat = (port: import("node:stream").Duplex) => {
    port.on("data", (chunk: Buffer) => {
      heard += chunk;
      if (heard.endsWith("\n")) port.write("pong\n");
    });
  };
  const run = await runScript("exec 4<>/dev/virtio-ports/chat; echo ping >&4; read -r line <&4; echo $line", {
    services: { chat },
  });
  assert.deepEqual([heard, run.stdout], ["ping\n", "pong\n"]);
});
