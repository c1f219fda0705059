// The tcp tools of examples/tools, against what the sockets report.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { TestProcess } from "../cli-process.ts";
import { connectOnce, Listener } from "./connections.ts";
import { needsFeature } from "./needs-feature.ts";
import { interrupt, rowsOf, startTool, startTools } from "./tool-process.ts";

const mine = String(process.pid);
const comm = readFileSync("/proc/self/comm", "utf8").trim();

test("tcpconnect and tcpaccept show connections from both ends, tcpconnect counts them", async (t) => {
  if (!needsFeature(t, "kprobes")) return;
  await using four = await Listener.open("127.0.0.1");
  await using other = await Listener.open("127.0.0.1");
  await using six = await Listener.open("::1");
  const [byPid, byPort, counting, accepts, accepts6] = await startTools(
    t,
    ["tcpconnect", "-p", mine, "-L", "-U"],
    ["tcpconnect", "-P", `${other.port},${six.port}`, "-4"],
    ["tcpconnect", "-c", "-u", 0],
    ["tcpaccept", "-p", mine],
    ["tcpaccept", "-P", `${other.port},${six.port}`, "-6"],
  );
  const a = await connectOnce("127.0.0.1", four.port, "127.0.0.2");
  const b = await connectOnce("127.0.0.1", other.port);
  const c = await connectOnce("::1", six.port);
  const again = await connectOnce("127.0.0.1", other.port);
  await Promise.all([
    byPid.until("four connections", () => rowsOf(byPid).length >= 4),
    byPort.until("two connections", () => rowsOf(byPort).length >= 2),
    accepts.until("four connections", () => rowsOf(accepts).length >= 4),
    accepts6.until("one connection", () => rowsOf(accepts6).length >= 1),
  ]);
  const version = (address: string) => (address.includes(":") ? "6" : "4");
  const [short, all] = [comm.slice(0, 12), [a, b, c, again]];
  assert.deepEqual(
    rowsOf(byPid),
    all.map((n) => ["0", mine, short, version(n.to), n.from, String(n.fromPort), n.to, String(n.toPort)]),
  );
  assert.deepEqual(
    rowsOf(byPort),
    [b, again].map((n) => [mine, short, "4", n.from, n.to, String(n.toPort)]),
  );
  assert.deepEqual(
    rowsOf(accepts),
    all.map((n) => [mine, short, version(n.to), n.from, String(n.fromPort), n.to, String(n.toPort)]),
  );
  assert.deepEqual(rowsOf(accepts6), [
    [mine, short, "6", "::1", String(c.fromPort), "::1", String(six.port)],
  ]);
  const counted = (await interrupt(counting)).split("\n").map((line) => line.trim().split(/\s+/));
  for (const [n, times] of [
    [a, "1"],
    [b, "2"],
    [c, "1"],
  ] as const) {
    assert.deepEqual(
      counted.filter((row) => row[2] === String(n.toPort)),
      [[n.from, n.to, String(n.toPort), times]],
    );
  }
});

test("tcplife shows who talked with whom, and how much", async (t) => {
  if (!needsFeature(t, "tracepoints")) return;
  using all = await startTool("tcplife", "-w");
  const server = createServer((socket) => socket.on("data", () => {}).end("x".repeat(3 * 1024)));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as { port: number };
  using csv = await startTool("tcplife", "-s", "-L", port, "-p", mine);
  const socket = connect({ port, host: "127.0.0.1" });
  await once(socket, "connect");
  const from = socket.localPort;
  socket.resume().end("y".repeat(5 * 1024));
  await once(socket, "close");
  server.close();
  const ends = (tool: TestProcess) => tool.lines.filter((line) => line.includes(String(from)));
  await all.until("both ends", () => ends(all).length >= 2);
  await csv.until("the server's end", () => ends(csv).length >= 1);
  // Of a socket that ends in an interrupt the process is whoever was interrupted: only what is sure is compared.
  const sizes = rowsOf(all).flatMap((row) => {
    const [ip, laddr, lport, raddr, rport, sent, received] = row.slice(-8);
    return row.includes(String(from)) ? [[ip, laddr, lport, raddr, rport, sent, received].join(" ")] : [];
  });
  assert.deepEqual(
    sizes.sort(),
    [`4 127.0.0.1 ${from} 127.0.0.1 ${port} 5 3`, `4 127.0.0.1 ${port} 127.0.0.1 ${from} 3 5`].sort(),
  );
  assert.match(
    ends(csv)[0] ?? "",
    new RegExp(`^${mine},${comm.slice(0, 10)},4,127.0.0.1,${port},127.0.0.1,${from},3,5,\\d+\\.\\d\\d$`),
  );
});

test("tcpretrans shows and counts the SYNs that nobody answers", async (t) => {
  if (!needsFeature(t, "raw tracepoints")) return;
  using listener = new TestProcess(process.execPath, [
    fileURLToPath(new URL("backlog-child.js", import.meta.url)),
  ]);
  await listener.until("its port", () => listener.lines.length > 0);
  const port = Number(listener.lines[0]);
  const [tool, counting] = await startTools(t, ["tcpretrans", "-s"], ["tcpretrans", "-c", "-4"]);
  const sockets = Array.from({ length: 6 }, () => connect({ port, host: "127.0.0.1" }).on("error", () => {}));
  const seen = () => rowsOf(tool).filter((row) => row.includes(`127.0.0.1:${port}`) && row[4] === "R>");
  await tool.until("a retransmission", () => seen().length > 0);
  assert.deepEqual(seen()[0]?.slice(4, 7), ["R>", `127.0.0.1:${port}`, "SYN_SENT"]);
  assert.match(seen()[0]?.slice(2).join(" ") ?? "", /^4 127\.0\.0\.1:\d+ R> .* \d+$/);
  const local = seen()[0]?.[3]?.split(":")[1];
  const counted = await interrupt(counting);
  assert.match(
    counted,
    new RegExp(`\\[127\\.0\\.0\\.1\\]#${local} +<-> \\[127\\.0\\.0\\.1\\]#${port} +[1-9]`),
  );
  for (const socket of sockets) socket.destroy();
});
