import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageFile } from "../../src/package-root.ts";
import type { Absent, Contestant, Work } from "../contest.ts";
import { contestants } from "../contestants.ts";
import { oneStart } from "../one-start.ts";
import type { Peers } from "../peers.ts";

/** From the launch of a tracer to its first event: more of this is measured by `npm run bench:startup`. */
export function launchWorks(peers: Peers): Work[] {
  return (["cached", "edited"] as const).map((cache) => ({
    name: `launch to the first event, ${cache === "cached" ? "object cached" : "a new program"}`,
    metrics: [
      {
        key: "ms",
        title: `launch to the first event, ${cache === "cached" ? "object cached" : "a new program"}`,
        unit: "ms",
      },
    ],
    contestants: [
      contestant("bcc-ts", `node x.js, ${cache}`, peers),
      contestant("bcc-ts run x.ts", `bcc-ts run x.ts, ${cache}`, peers),
      contestant("bpftrace", "bpftrace", peers),
      contestant("bcc", "bcc", peers),
    ],
  }));
}

function contestant(name: string, known: string, peers: Peers): Contestant | Absent {
  const found = contestants("syscall", 0).find((each) => each.name === known);
  if (found === undefined || "reason" in found) return { name, reason: found?.reason ?? "it is not known" };
  return {
    name,
    async measure() {
      Object.assign(process.env, peers.env);
      const traced = spawn(process.execPath, [packageFile("dist", "bench", "traced-child.js")], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const cache = mkdtempSync(join(tmpdir(), "bcc-ts-bench-"));
      try {
        await once(traced.stdout, "data");
        const starter = contestants("syscall", traced.pid ?? 0).find((each) => each.name === known);
        if (starter === undefined || "reason" in starter) throw new Error("it is gone");
        // The first start fills the caches, the kernel's of files among them.
        await oneStart(starter, cache, { limitMs: 60_000 });
        return { ms: (await oneStart(starter, cache, { limitMs: 60_000 })).firstEventMs };
      } finally {
        traced.kill("SIGKILL");
        rmSync(cache, { recursive: true });
      }
    },
  };
}
