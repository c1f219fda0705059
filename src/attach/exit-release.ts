import { isMainThread } from "../ffi/main-thread.ts";
import { beforeBlocking } from "../ffi/poll-blocking.ts";

/** Something that is closed when the process ends. */
export interface Closable {
  close(): void;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

const open = new Set<Closable>();
let watching = false;
/** Signals that we listen to, by which the user's program is not asked. */
const taken = new Set<NodeJS.Signals>();
let stopBlockingWatch: (() => void) | undefined;

/**
 * Closes something when the process exits or gets SIGINT or SIGTERM. Give back what it returns when it is
 * closed otherwise: with nothing open there is no handler either. A program that handles a signal itself
 * is left alone, whichever came first. After SIGKILL the kernel does the same, because programs, maps and
 * links are file descriptors.
 */
export function registerForExit(closable: Closable): () => void {
  open.add(closable);
  watch();
  return () => {
    open.delete(closable);
    if (open.size === 0) unwatch();
  };
}

/** Closes all that is open, the newest first. */
function releaseAll(): void {
  const closables = [...open].reverse();
  open.clear();
  unwatch();
  for (const closable of closables) {
    try {
      closable.close();
    } catch {
      // The process is ending, and the kernel closes what is left: the others must be reached.
    }
  }
}

function watch(): void {
  if (watching) return;
  watching = true;
  process.on("exit", releaseAll);
  // A worker gets no signals.
  if (!isMainThread()) return;
  for (const signal of SIGNALS) {
    if (process.listenerCount(signal) > 0) continue;
    taken.add(signal);
    process.on(signal, onSignal);
  }
  // A handler in JavaScript cannot run while the thread blocks: then only the default action can end it.
  stopBlockingWatch = beforeBlocking(giveSignalsBack);
}

function unwatch(): void {
  if (!watching) return;
  watching = false;
  process.off("exit", releaseAll);
  giveSignalsBack();
  stopBlockingWatch?.();
  stopBlockingWatch = undefined;
}

function giveSignalsBack(): void {
  for (const signal of taken) process.off(signal, onSignal);
  taken.clear();
}

function onSignal(signal: NodeJS.Signals): void {
  // The user's program came to handle it too: it decides what happens.
  if (process.listenerCount(signal) > 1) return;
  releaseAll();
  // Nobody listens any more, so this ends the process as the signal does, with the right exit status.
  process.kill(process.pid, signal);
}
