import { readlinkSync } from "node:fs";

let known: boolean | undefined;

/**
 * Whether this is node's main thread, whose event loop is libuv's default one. The first thread of a process
 * has the process's number; asking the kernel saves the loading of node:worker_threads at each start.
 */
export function isMainThread(): boolean {
  if (known === undefined) {
    const [process, , thread] = readlinkSync("/proc/thread-self").split("/");
    known = process === thread;
  }
  return known;
}
