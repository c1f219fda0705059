// The examples as a user runs them, against what the sockets say of themselves.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { load, type RingBuffer, type Schema } from "bcc-ts";
import { packageFile } from "../../src/package-root.ts";
import { startCli, TestProcess } from "../cli-process.ts";
import { type Connection, connectOnce, connectRefused, Listener } from "./connections.ts";
import { idsHeldBy, NOTHING, remaining, tracefsProbes } from "./kernel-ids.ts";
import { needsFeature } from "./needs-feature.ts";

const CONNECTING = fileURLToPath(new URL("connecting-child.js", import.meta.url));
const example = (name: string) => packageFile("examples", name);
const comm = readFileSync("/proc/self/comm", "utf8").trim().slice(0, 12);

/** The lines of an example as their columns, without the header. */
const rows = (tracer: TestProcess) => tracer.lines.slice(1).map((line) => line.trim().split(/\s+/));

/** What tcpconnect prints of a connection of this process. */
function tcpconnectRow({ from, fromPort, to, toPort }: Connection): string[] {
  const version = from.includes(":") ? "6" : "4";
  return [process.pid, comm, version, from, fromPort, to, toPort].map(String);
}

/** What tcp4connect prints of it. */
function tcp4connectRow({ from, to, toPort }: Connection): string[] {
  return [process.pid, comm, from, to, toPort].map(String);
}

test("tcp4connect and tcpconnect show the addresses and ports that the sockets report", async (t) => {
  if (!needsFeature(t, "kprobes")) return;
  await using four = await Listener.open("0.0.0.0");
  await using other = await Listener.open("0.0.0.0");
  await using six = await Listener.open("::1");
  // Several scripts on the same functions at once, and one script with and without filters; the last is the
  // same as the second, whose object it finds compiled.
  const mine = String(process.pid);
  const script = (name: string, ...words: string[]) => startCli(["run", example(name), "--", ...words]);
  using tcp4 = script("tcp4connect.ts");
  using byPid = script("tcpconnect.ts", "--pid", mine);
  using byPort = script("tcpconnect.ts", "--port", String(other.port));
  await byPid.until("its header", () => byPid.lines.length > 0);
  using again = script("tcpconnect.ts", "--pid", mine);
  const tracers = [tcp4, byPid, byPort, again];
  await Promise.all(tracers.map((each) => each.until("its header", () => each.lines.length > 0)));
  const held = tracers.map((each) => idsHeldBy(each.pid));
  assert.deepEqual(
    held.map(({ links }) => links.length),
    [2, 4, 4, 4],
  );
  assert.equal(tracefsProbes(), "");

  const v4 = [
    await connectOnce("127.0.0.1", four.port),
    await connectOnce("127.0.0.1", four.port, "127.0.0.2"),
    await connectOnce("127.0.0.3", other.port, "127.0.0.4"),
  ];
  const v6 = await connectOnce("::1", six.port);
  const refused = await connectRefused("127.0.0.1");
  using foreign = new TestProcess(process.execPath, [CONNECTING, String(other.port), "1"]);
  foreign.child.stdin?.write("go\n");
  await foreign.until("its connection", () => foreign.lines.length > 1);
  const last = await connectOnce("127.0.0.1", other.port); // Who saw it has seen all before it.
  assert.deepEqual([v4[2]?.from, v4[2]?.to, v6.from], ["127.0.0.4", "127.0.0.3", "::1"]);
  for (const [tracer, row] of [
    [tcp4, tcp4connectRow(last)],
    ...[byPid, byPort, again].map((each) => [each, tcpconnectRow(last)] as const),
  ] as const) {
    await tracer.until("the last connection", () =>
      rows(tracer).some((seen) => isDeepStrictEqual(seen, row)),
    );
  }

  // A refused connect got as far as sending its SYN, so it is shown with the address that it tried.
  const refusedAt = String(refused);
  const ours = (tracer: TestProcess) => rows(tracer).filter(([pid]) => pid === mine);
  assert.deepEqual(ours(tcp4), [
    ...v4.map(tcp4connectRow),
    [mine, comm, "127.0.0.1", "127.0.0.1", refusedAt],
    tcp4connectRow(last),
  ]);
  for (const tracer of [byPid, again]) {
    const refusedPort = rows(tracer)[4]?.[4] ?? "";
    assert.match(refusedPort, /^[1-9]\d+$/);
    assert.deepEqual(rows(tracer), [
      ...[...v4, v6].map(tcpconnectRow),
      [mine, comm, "4", "127.0.0.1", refusedPort, "127.0.0.1", refusedAt],
      tcpconnectRow(last),
    ]);
  }
  const [foreignPort] = JSON.parse(foreign.lines[1] ?? "[]") as number[];
  const between = [foreign.pid, comm, 4, "127.0.0.1", foreignPort, "127.0.0.1", other.port].map(String);
  assert.deepEqual(rows(byPort), [tcpconnectRow(v4[2] as Connection), between, tcpconnectRow(last)]);

  for (const [i, tracer] of tracers.entries()) {
    const signal = (["SIGINT", "SIGTERM", "SIGKILL", "SIGINT"] as const)[i] as NodeJS.Signals;
    const ended = await tracer.end(signal);
    assert.deepEqual([ended.status, ended.signal, ended.stderr], [null, signal, ""]);
  }
  for (const ids of held) assert.deepEqual(await remaining(ids), NOTHING);
});

interface Types extends Schema {
  rings: { connects: RingBuffer<{ pid: number; lport: number; dport: number }> };
}

test("of 200 connections at once from four processes none is lost", async (t) => {
  if (!needsFeature(t, "kprobes")) return;
  const [, text] = readFileSync(example("tcpconnect.ts"), "utf8").split("`");
  assert.match(text ?? "", /kretprobe__tcp_v6_connect/);
  await using listener = await Listener.open("127.0.0.1");
  using bpf = await load<Types>(text ?? "", { cflags: ["-DFILTER_PID=0", `-DFILTER_PORT=${listener.port}`] });
  const children = Array.from(
    { length: 4 },
    () => new TestProcess(process.execPath, [CONNECTING, String(listener.port), "50"]),
  );
  await Promise.all(children.map((child) => child.until("ready", () => child.lines.length > 0)));
  for (const child of children) child.child.stdin?.write("go\n");

  const { connects } = bpf.rings;
  const seen: string[] = [];
  const reading = (async () => {
    for await (const { pid, lport, dport } of connects) {
      assert.equal(dport, listener.port);
      if (seen.push(`${pid}:${lport}`) === 200) break;
    }
  })();
  const expected: string[] = [];
  for (const child of children) {
    const { status, stderr } = await child.end();
    assert.equal(status, 0, stderr);
    expected.push(...(JSON.parse(child.lines[1] ?? "[]") as number[]).map((port) => `${child.pid}:${port}`));
  }
  const timer = setTimeout(() => connects.close(), 30_000); // Ends the loop when something is missing.
  await reading;
  clearTimeout(timer);
  assert.equal(expected.length, 200);
  assert.deepEqual(seen.sort(), expected.sort());
  assert.equal(bpf.rings.connects.lost, 0);
});
