// What `npm run demo` shows: examples/tcp4connect.ts tracing connections that this script makes, one of them
// refused. It checks every row against its own sockets and ends with status 1 when one is missing or wrong.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { release } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

interface Row {
  readonly what: string;
  readonly fields: readonly string[];
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** A guest that is emulated on a busy machine takes half a minute to load a program. */
const PATIENCE_MS = 90_000;
const comm = readFileSync("/proc/self/comm", "utf8").trim();

console.log(`tracing Linux ${release()} with examples/tcp4connect.ts`);
const tracer = spawn(process.execPath, [here("../dist/lib/bin.cjs"), "run", here("tcp4connect.ts")], {
  stdio: ["ignore", "pipe", "inherit"],
});
const ended = once(tracer, "exit");
const seen: string[][] = [];
const waiting = new Set<() => void>();
createInterface({ input: tracer.stdout }).on("line", (line) => {
  console.log(line);
  seen.push(line.trim().split(/\s+/));
  for (const wake of waiting) wake();
});
const stopped = ended.then(([status]) => Promise.reject(new Error(`the tracer ended with status ${status}`)));
stopped.catch(() => {}); // Awaited below, where it matters.

try {
  await until(() => seen.length > 0); // The header comes once the probes are attached.
  const expected = await makeConnections();
  await until(() => expected.every(isSeen)).catch(() => {});
  const missing = expected.filter((row) => !isSeen(row));
  for (const row of missing) console.error(`missing: ${row.fields.join(" ")} (${row.what})`);
  console.log(
    `saw ${expected.length - missing.length} of the ${expected.length} connections that this script made`,
  );
  for (const row of expected) if (isSeen(row)) console.log(`  port ${row.fields[4]}: ${row.what}`);
  process.exitCode = missing.length === 0 ? 0 : 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  tracer.kill("SIGINT");
  await ended;
}

function isSeen(row: Row): boolean {
  return seen.some((fields) => row.fields.every((field, i) => fields[i] === field));
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!condition()) {
    const left = deadline - Date.now();
    if (left <= 0) throw new Error(`nothing was traced within ${PATIENCE_MS / 1000} s`);
    const { promise, wake } = alarm(left);
    waiting.add(wake);
    await Promise.race([promise, stopped]).finally(() => waiting.delete(wake));
    wake();
  }
}

function alarm(ms: number): { promise: Promise<void>; wake: () => void } {
  let wake = () => {};
  const promise = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  return { promise, wake };
}

/** Three accepted connections and a refused one, each to a port of its own, so that every row is told apart. */
async function makeConnections(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [from, to] of [
    ["127.0.0.1", "127.0.0.1"],
    ["127.0.0.2", "127.0.0.1"],
    ["127.0.0.1", "127.0.0.3"],
  ] as const) {
    const server = await listen();
    const socket = connect({ port: server.port, host: to, localAddress: from });
    await once(socket, "connect");
    rows.push(row("accepted", socket.localAddress ?? "", socket.remoteAddress ?? "", server.port));
    socket.destroy();
    await server.close();
  }
  const closed = await listen();
  await closed.close(); // Nobody listens there any more.
  const refused = await refusal(connect({ port: closed.port, host: "127.0.0.1" }));
  rows.push(row(`refused (${refused})`, "127.0.0.1", "127.0.0.1", closed.port));
  return rows;
}

async function listen(): Promise<{ port: number; close: () => Promise<unknown> }> {
  const server = createServer((socket) => socket.end());
  await once(server.listen(0, "0.0.0.0"), "listening");
  const { port } = server.address() as AddressInfo;
  return { port, close: () => once(server.close(), "close") };
}

function row(what: string, from: string, to: string, port: number): Row {
  return { what, fields: [String(process.pid), comm.slice(0, 12), from, to, String(port)] };
}

async function refusal(socket: Socket): Promise<string> {
  const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
  return error.code ?? error.message;
}
