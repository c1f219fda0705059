import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import { VmError } from "./vm-error.ts";

/** QEMU's control protocol: one JSON value a line, answers in the order of the commands, events in between. */
export interface Qmp {
  /** @throws VmError VM_BOOT with QEMU's description when it refuses, or when QEMU ends. */
  execute(command: string, arguments_?: object): Promise<unknown>;
}

interface Message {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
}

/** Speaks QMP over a connection on which QEMU has not said anything yet. */
export async function openQmp(connection: Duplex): Promise<Qmp> {
  const answers = createInterface({ input: connection })[Symbol.asyncIterator]();

  async function nextAnswer(command: string): Promise<Message> {
    for (;;) {
      const { value, done } = await answers.next().catch((cause) => {
        throw new VmError("VM_BOOT", `QEMU ended during ${command}`, { cause });
      });
      if (done) throw new VmError("VM_BOOT", `QEMU ended during ${command}`);
      const message = JSON.parse(value) as Message;
      if ("return" in message || "error" in message) return message;
    }
  }

  async function execute(command: string, arguments_?: object): Promise<unknown> {
    connection.write(`${JSON.stringify({ execute: command, arguments: arguments_ })}\n`);
    const answer = await nextAnswer(command);
    if (answer.error) throw new VmError("VM_BOOT", `QEMU refuses ${command}: ${answer.error.desc}`);
    return answer.return;
  }

  await execute("qmp_capabilities");
  return { execute };
}
