import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { connect, createServer } from "node:net";

const FILES = 2000;
const CONNECTIONS = 60;
const PROCESSES = 10;

/** What the programs of bench/in-kernel trace: the same each time. */
export async function work(): Promise<void> {
  const buffer = Buffer.alloc(64);
  const sink = openSync("/dev/null", "w");
  for (let i = 0; i < FILES; i++) {
    const fd = openSync("/proc/self/comm", "r");
    readSync(fd, buffer);
    writeSync(sink, buffer);
    closeSync(fd);
  }
  closeSync(sink);
  await connections();
  for (let i = 0; i < PROCESSES; i++) execFileSync("/bin/true");
}

async function connections(): Promise<void> {
  const server = createServer((socket) => socket.end("hello")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  for (let i = 0; i < CONNECTIONS; i++) {
    const socket = connect(port, "127.0.0.1");
    socket.resume();
    await once(socket, "close");
  }
  server.close();
}
