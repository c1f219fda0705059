#!/usr/bin/env node
import { basename } from "node:path";
import { main } from "./main.ts";

// The reader of a pipe has gone, as `head` does: there is nobody left to tell anything.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(128 + 13);
});

// A link named bpftrace stands in for it; scripts look for that name among the processes.
const calledAs = basename(process.argv[1] ?? "");
if (calledAs === "bpftrace") process.title = calledAs;

main(process.argv.slice(2), process, calledAs).then((status) => {
  if (status !== undefined) process.exitCode = status;
});
