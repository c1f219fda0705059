import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import { type GuestReply, parseReply } from "./control-channel.ts";
import type { QemuProcess } from "./qemu-process.ts";
import { VmError, type VmErrorCode } from "./vm-error.ts";

/** The guest's end of the conversation over the control port. */
export interface Guest {
  readonly qemu: QemuProcess;
  send(text: string): void;
  /**
   * The next reply, which must be of this kind.
   * @throws VmError with `code` when QEMU ends first, when the guest says something else, or after `limitMs`.
   */
  expect<Kind extends GuestReply["kind"]>(
    kind: Kind,
    code: VmErrorCode,
    limitMs?: number,
  ): Promise<ReplyOf<Kind>>;
}

type ReplyOf<Kind extends GuestReply["kind"]> = Extract<GuestReply, { kind: Kind }>;

const WHAT_FAILED: Record<string, string> = {
  VM_BOOT: "the guest did not boot",
  VM_LOST: "the guest broke off before its command ended",
};

/** Listens to a guest. */
export function talkTo(qemu: QemuProcess): Guest {
  const control = qemu.ports.get("control") as Duplex;
  const lines: string[] = [];
  let wake = () => {};
  let ended = false;
  const reader = createInterface({ input: control });
  reader.on("line", (line) => {
    lines.push(line);
    wake();
  });
  reader.on("error", () => {}); // the port breaks when QEMU ends, and that is told by `ended`
  const end = () => {
    ended = true;
    wake();
  };
  qemu.ended.then(end, end);

  async function nextLine(limitMs: number | undefined): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    let late = false;
    if (limitMs !== undefined) {
      timer = setTimeout(() => {
        late = true;
        wake();
      }, limitMs);
    }
    try {
      for (;;) {
        const line = lines.shift();
        if (line !== undefined) return line;
        if (ended) {
          await qemu.ended; // says why QEMU could not be started
          throw new Error("QEMU ended");
        }
        if (late) throw new Error(`no answer within ${limitMs} ms`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    qemu,
    send: (text) => control.write(text),
    async expect<Kind extends GuestReply["kind"]>(kind: Kind, code: VmErrorCode, limitMs?: number) {
      try {
        const reply = parseReply(await nextLine(limitMs));
        if (reply.kind !== kind) throw new Error(`the guest said "${reply.kind}", not "${kind}"`);
        return reply as ReplyOf<Kind>;
      } catch (cause) {
        if (cause instanceof VmError) throw cause;
        const message = `${WHAT_FAILED[code] ?? "the guest failed"}: ${(cause as Error).message}`;
        throw new VmError(code, message, { console: qemu.console(), cause });
      }
    },
  };
}
