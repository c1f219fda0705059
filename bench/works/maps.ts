import { packageFile } from "../../src/package-root.ts";
import type { Absent, Contestant, Work } from "../contest.ts";
import type { Peers } from "../peers.ts";
import { Subject } from "../subject.ts";

/** Entries to read in one run of a subject: what is measured is a process that is warm. */
const READ = 5_000_000;

/** Whole maps: 10,000 and 1,000,000 entries, and one of values for each CPU. */
export function mapWorks(peers: Peers): Work[] {
  const work = (title: string, kind: "hash" | "percpu", entries: number, mostRounds = 100): Work => {
    const words = [kind, String(entries), String(Math.min(200, READ / entries))];
    const [c, bcc] = [peers.c("maps", ...words), peers.bcc("maps", ...words)];
    return {
      name: title,
      metrics: [{ key: "ns", title, unit: "CPU ns/entry" }],
      mostRounds,
      contestants: [
        contestant("bcc-ts", ours(words), "entriesNs", peers),
        contestant("C libbpf batch", c, "batchNs", peers),
        contestant("bcc items()", bcc, "itemsNs", peers),
        ...(kind === "hash" ? [contestant("bcc items_lookup_batch()", bcc, "batchNs", peers)] : []),
      ],
    };
  };
  return [
    work("map dump, 10,000 entries", "hash", 10_000),
    work("map dump, 1,000,000 entries", "hash", 1_000_000, 3),
    work("per-CPU map dump, 10,000 entries", "percpu", 10_000),
  ];
}

function ours(words: readonly string[]): string[] {
  return [process.execPath, packageFile("dist", "bench", "subjects", "maps.js"), ...words];
}

function contestant(
  name: string,
  command: readonly string[] | string,
  key: string,
  peers: Peers,
): Contestant | Absent {
  if (typeof command === "string") return { name, reason: command };
  return {
    name,
    async measure() {
      const subject = new Subject(command, { env: peers.env });
      try {
        return { ns: Number((await subject.answer())[key]) };
      } finally {
        await subject.end();
      }
    },
  };
}
