import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A connection as the socket that made it says it. */
export interface Connection {
  readonly from: string;
  readonly fromPort: number;
  readonly to: string;
  readonly toPort: number;
}

/** A server that takes connections on a port of its own until it is disposed of. */
export class Listener implements AsyncDisposable {
  readonly port: number;
  readonly #server;

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  static async open(host: string): Promise<Listener> {
    const server = createServer((socket) => socket.on("error", () => {}).resume());
    await once(server.listen(0, host, 1024), "listening");
    return new Listener(server);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await once(this.#server.close(), "close");
  }
}

/** Connects, and gives what the socket itself reports. */
export async function connectOnce(host: string, port: number, localAddress?: string): Promise<Connection> {
  const socket = connect({ host, port, ...(localAddress !== undefined && { localAddress }) });
  await once(socket, "connect");
  const connection = describe(socket);
  socket.destroy();
  return connection;
}

/** A port at which nobody listens; connecting to it was refused. */
export async function connectRefused(host: string): Promise<number> {
  let port: number;
  {
    await using closed = await Listener.open(host);
    port = closed.port;
  }
  const [error] = (await once(connect({ host, port }), "error")) as [NodeJS.ErrnoException];
  if (error.code !== "ECONNREFUSED") throw error;
  return port;
}

function describe(socket: Socket): Connection {
  return {
    from: socket.localAddress ?? "",
    fromPort: socket.localPort ?? 0,
    to: socket.remoteAddress ?? "",
    toPort: socket.remotePort ?? 0,
  };
}
