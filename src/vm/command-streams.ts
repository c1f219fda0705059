import type { Duplex, Readable, Writable } from "node:stream";

/** The standard streams of a guest's command, connected to ours. */
export interface CommandStreams {
  /** Settles when so many bytes of output have been passed on. */
  received(stdoutBytes: number, stderrBytes: number): Promise<void>;
  /** Lets go of standard input, which else keeps this process alive. */
  release(): void;
}

/** Connects the serial ports with the caller's streams, which are not ended. */
export function connectStreams(
  ports: ReadonlyMap<string, Duplex>,
  stdin: Readable | undefined,
  stdout: Writable,
  stderr: Writable,
): CommandStreams {
  const input = ports.get("stdin") as Duplex;
  if (stdin) stdin.pipe(input);
  else input.end();
  const out = passOn(ports.get("stdout") as Duplex, stdout);
  const err = passOn(ports.get("stderr") as Duplex, stderr);
  return {
    received: async (stdoutBytes, stderrBytes) => {
      await Promise.all([out.received(stdoutBytes), err.received(stderrBytes)]);
    },
    release: () => {
      stdin?.unpipe(input);
      stdin?.pause();
      out.release();
      err.release();
    },
  };
}

function passOn(port: Duplex, target: Writable) {
  let count = 0;
  let check = () => {};
  port.on("data", (chunk: Buffer) => {
    count += chunk.length;
    check();
  });
  port.on("close", () => check());
  port.pipe(target, { end: false });
  // Without a reader the guest would wait for ever; its command is not ours to end.
  const discard = () => port.resume();
  target.once("error", discard).once("close", discard);
  return {
    received: (bytes: number) =>
      new Promise<void>((resolve) => {
        check = () => {
          if (count >= bytes || port.closed) resolve();
        };
        check();
      }),
    release: () => {
      port.unpipe(target);
      target.off("error", discard).off("close", discard);
    },
  };
}
