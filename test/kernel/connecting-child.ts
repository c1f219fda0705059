// Run by examples.test.ts: makes `count` connections to 127.0.0.1:`port` at once, and says the local ports.
import { once } from "node:events";
import { connect } from "node:net";

const [port, count] = process.argv.slice(2).map(Number);
process.stdout.write("ready\n");
await once(process.stdin, "data");
const sockets = Array.from({ length: count ?? 0 }, () => connect({ host: "127.0.0.1", port: port ?? 0 }));
await Promise.all(sockets.map((socket) => once(socket, "connect")));
process.stdout.write(`${JSON.stringify(sockets.map((socket) => socket.localPort))}\n`);
for (const socket of sockets) socket.destroy();
process.stdin.destroy();
