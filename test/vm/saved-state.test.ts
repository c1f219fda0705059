import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { runGuest, runScript } from "./guest-run.ts";

const cache = mkdtempSync(join(tmpdir(), "bcc-ts-cache-"));
process.env.XDG_CACHE_HOME = cache;
const states = join(cache, "bcc-ts", "vm");
after(() => rmSync(cache, { recursive: true }));

function stateDirectory(): string {
  const name = readdirSync(states).find((entry) => existsSync(join(states, entry, "memory")));
  assert.ok(name, "there is no saved state");
  return join(states, name);
}

test("the first run makes a state, the second starts from it in about a second", async () => {
  const first = await runGuest({ command: ["true"] });
  const again = await runGuest({ command: ["true"] });
  assert.ok(again.restored);
  const node = await runGuest({ command: [process.execPath, "-e", "0"] });
  const files = ["memory", "devices"].map((name) => statSync(join(stateDirectory(), name)).blocks * 512);
  console.log(
    `from nothing ${first.totalMs.toFixed(0)} ms, restored ${again.totalMs.toFixed(0)} ms, ` +
      `node ${node.totalMs.toFixed(0)} ms, on disk ${(files.reduce((a, b) => a + b) / 1e6).toFixed(0)} MB`,
  );
  assert.ok(again.totalMs < first.totalMs / 2, `${again.totalMs} of ${first.totalMs} ms`);
  assert.equal(statSync(states).mode & 0o777, 0o700);
});

test("restored guests differ in their random numbers and know the time", async () => {
  const script = "cat /proc/sys/kernel/random/uuid; head -c 16 /dev/urandom | od -An -tx1; date +%s";
  const runs = [await runScript(script), await runScript(script)];
  assert.ok(runs.every((run) => run.restored));
  const [one, two] = runs.map((run) => run.stdout.split("\n"));
  assert.notEqual(one?.[0], two?.[0]);
  assert.notEqual(one?.[1], two?.[1]);
  const seconds = Date.now() / 1000;
  assert.ok(Math.abs(Number(two?.[2]) - seconds) < 10, `${two?.[2]} at ${seconds}`);
});

test("two guests at once do not see each other", async () => {
  const script = (mark: string) =>
    `echo ${mark} >/tmp/mark; sleep 1; cat /tmp/mark; cat /dev/shm/* 2>/dev/null`;
  const runs = await Promise.all(["one", "two"].map((mark) => runScript(script(mark))));
  assert.deepEqual(
    runs.map((run) => [run.restored, run.stdout]),
    [
      [true, "one\n"],
      [true, "two\n"],
    ],
  );
});

test("a state does not change by being used", async () => {
  const before = statSync(join(stateDirectory(), "memory"), { bigint: true });
  await runScript("dd if=/dev/zero of=/dev/shm/x bs=1M count=64 2>/dev/null");
  const after = statSync(join(stateDirectory(), "memory"), { bigint: true });
  assert.deepEqual([after.mtimeNs, after.blocks, after.ino], [before.mtimeNs, before.blocks, before.ino]);
});

test("a stale state is made again", async () => {
  const before = statSync(join(stateDirectory(), "memory")).ino;
  writeFileSync(join(stateDirectory(), "identity.json"), JSON.stringify({ machine: "another", tools: [] }));
  const run = await runGuest({ command: ["true"] });
  assert.ok(run.restored);
  assert.notEqual(statSync(join(stateDirectory(), "memory")).ino, before);
});

test("what a killed process left unfinished is removed with the next state", async () => {
  mkdirSync(`${stateDirectory()}.new-abcdef`);
  rmSync(join(stateDirectory(), "identity.json"));
  await runGuest({ command: ["true"] });
  assert.ok(!existsSync(`${stateDirectory()}.new-abcdef`));
});

test("a broken state is told, dropped, and the run boots", async () => {
  truncateSync(join(stateDirectory(), "devices"), 1000);
  const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
  const run = await runGuest({ command: ["true"] });
  assert.deepEqual([run.exitCode, run.restored], [0, false]);
  assert.match((await warned).message, /saved guest is not used/);
  assert.throws(stateDirectory);
});

test("two first runs at once both succeed and leave one whole state", async () => {
  const runs = await Promise.all([runGuest({ command: ["true"] }), runGuest({ command: ["true"] })]);
  assert.deepEqual(
    runs.map((run) => run.exitCode),
    [0, 0],
  );
  assert.ok((await runGuest({ command: ["true"] })).restored);
  assert.deepEqual(
    readdirSync(states).filter((name) => /new|lock|old/.test(name)),
    [],
  );
});
