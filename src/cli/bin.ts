#!/usr/bin/env node
import { main } from "./main.ts";

// The reader of a pipe has gone, as `head` does: there is nobody left to tell anything.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(128 + 13);
});

const status = await main(process.argv.slice(2), process);
if (status !== undefined) process.exitCode = status;
