// The process that bench/startup.ts traces: one system call a millisecond at least, and a connection that is
// refused every few.
import { connect } from "node:net";

setInterval(() => {}, 1);
setInterval(() => connect(1, "127.0.0.1").on("error", () => {}), 5);
process.stdout.write("ready\n");
