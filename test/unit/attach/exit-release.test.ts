import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { registerForExit } from "../../../src/attach/exit-release.ts";

const moduleUrl = (path: string) => new URL(`../../../src/${path}.js`, import.meta.url).href;
const PRELUDE = `
  import { writeSync } from "node:fs";
  const { registerForExit } = await import("${moduleUrl("attach/exit-release")}");
  const { pollBlocking } = await import("${moduleUrl("ffi/poll-blocking")}");
  const say = (text) => writeSync(1, text + " ");
  const closable = (name) => ({ close() { say("close-" + name); } });
  const first = registerForExit(closable("a"));
  const second = registerForExit(closable("b"));
`;

interface Ending {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly said: string;
}

/** Runs a program; when it says "ready" it gets the signal. */
function run(code: string, signal?: NodeJS.Signals): Promise<Ending> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", PRELUDE + code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  let sent = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (signal !== undefined && !sent && said.includes("ready")) {
      sent = true;
      child.kill(signal);
    }
  });
  const late = setTimeout(() => child.kill("SIGKILL"), 8000);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status, by) => {
      clearTimeout(late);
      resolve({ status, signal: by, said: said.trim() });
    });
  });
}

const STAY = `say("ready"); setInterval(() => {}, 1000);`;
const CLOSED = "close-b close-a";

test("what is open is closed, the newest first, however the process ends", async () => {
  const endings: Record<string, [code: string, signal: NodeJS.Signals | undefined, expected: Ending]> = {
    natural: ["", undefined, { status: 0, signal: null, said: CLOSED }],
    "process.exit": ["process.exit(3);", undefined, { status: 3, signal: null, said: CLOSED }],
    SIGINT: [STAY, "SIGINT", { status: null, signal: "SIGINT", said: `ready ${CLOSED}` }],
    SIGTERM: [STAY, "SIGTERM", { status: null, signal: "SIGTERM", said: `ready ${CLOSED}` }],
    "one closed before": [
      `first(); ${STAY}`,
      "SIGINT",
      { status: null, signal: "SIGINT", said: "ready close-b" },
    ],
    "a close that throws": [
      `registerForExit({ close() { throw new Error("x"); } }); process.exit(4);`,
      undefined,
      { status: 4, signal: null, said: CLOSED },
    ],
  };
  for (const [name, [code, signal, expected]] of Object.entries(endings)) {
    assert.deepEqual(await run(code, signal), expected, name);
  }
});

test("a program that handles the signal itself decides, whichever came first", async () => {
  const own = `process.on("SIGINT", () => { say("mine"); setTimeout(() => process.exit(5), 20); });`;
  const later = await run(`${own} ${STAY}`, "SIGINT");
  assert.deepEqual(later, { status: 5, signal: null, said: `ready mine ${CLOSED}` });
  const before = await run(`first(); second(); ${own} registerForExit(closable("c")); ${STAY}`, "SIGINT");
  assert.deepEqual(before, { status: 5, signal: null, said: "ready mine close-c" });
});

test("a script that blocks can still be ended by a signal", async () => {
  const ending = await run(`pollBlocking([], 1); say("ready"); for (;;) pollBlocking([], 50);`, "SIGINT");
  assert.equal(ending.signal, "SIGINT");
});

test("handlers exist only while something is open, and once", () => {
  const signals = ["SIGINT", "SIGTERM", "exit"] as const;
  const counts = () => signals.map((name) => process.listenerCount(name));
  const before = counts();
  const ends = Array.from({ length: 20 }, () => registerForExit({ close() {} }));
  assert.deepEqual(
    counts(),
    before.map((count) => count + 1),
  );
  for (const end of ends) end();
  for (const end of ends) end();
  assert.deepEqual(counts(), before);
});
