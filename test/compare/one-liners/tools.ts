import { found } from "./one-liner.ts";

/** A script of Debian's package, /usr/sbin/NAME.bt. */
export interface Tool {
  readonly name: string;
  readonly steps: string;
  /** The data of both in any order, where the activity's can be told from others'. */
  readonly same?: (output: string) => readonly string[];
  /** A line that both must print. */
  readonly shows?: RegExp;
  /** How long it goes on after the activity: some print each second, some sample. */
  readonly forMs?: number;
}

const HISTOGRAM = /^@\w*(?:\[.*\])?: *\n[[(].*[\])] +\d+ \|@*/m;
const ADDRESSES = String.raw`(\S+ +\d+ +\S+ +\d+)`;

export const TOOLS: readonly Tool[] = [
  { name: "bashreadline", steps: "typing", same: found(/ (echo typed words|exit)$/gm) },
  { name: "biolatency", steps: "disk", shows: HISTOGRAM },
  { name: "biosnoop", steps: "disk", shows: /nullb0/ },
  { name: "biostacks", steps: "disk", shows: /@usecs\[/ },
  { name: "bitesize", steps: "disk", same: found(/^@(\[dd\]:) *\n((?:[[(].*\n)+)/gm) },
  { name: "capable", steps: "files programs connections", shows: /^\S+ +\d+ +\d+ +\S+ +\d+ +\w+ +\d+$/m },
  { name: "cpuwalk", steps: "burn", shows: HISTOGRAM },
  { name: "dcsnoop", steps: "files", same: found(/ python3 +[RM] (a|b|missing)$/gm) },
  {
    name: "execsnoop",
    steps: "programs",
    same: found(/(\/bin\/(?:echo|true).*|\/nonexistent\/program.*)$/gm),
  },
  { name: "gethostlatency", steps: "names", same: found(/ python3 +[\d.]+ +(\S+)$/gm) },
  { name: "killsnoop", steps: "signals", same: found(/ python3 +(\d+) +\d+ +(-?\d+)$/gm) },
  { name: "loads", steps: "", forMs: 2500, shows: /load averages: [\d.]+ [\d.]+ [\d.]+$/m },
  { name: "mdflush", steps: "syncs" },
  { name: "naptime", steps: "naps", same: found(/ python3 +(\d+\.\d+)$/gm) },
  { name: "oomkill", steps: "victims", same: found(/(Triggered by .*loadavg)/gm) },
  { name: "opensnoop", steps: "files", same: found(/ python3 +(-?\d+ +-?\d+) .*\/(a|b|missing)$/gm) },
  { name: "pidpersec", steps: "programs", forMs: 2500, shows: /PIDs\/sec: @: \d+/ },
  { name: "runqlat", steps: "waits", shows: HISTOGRAM },
  { name: "runqlen", steps: "burn", shows: /^@runqlen: *\n/m },
  { name: "setuids", steps: "identities", same: found(/ (python3 +0 +\w+ +uid=12345.*)$/gm) },
  { name: "ssllatency", steps: "secrets", shows: HISTOGRAM },
  { name: "sslsnoop", steps: "secrets", same: found(/ python3 +\d+ +(-?\d+ +\w+)$/gm) },
  { name: "statsnoop", steps: "questions", same: found(/ python3 +(-?\d+) +(\/\S+)$/gm) },
  { name: "swapin", steps: "" },
  { name: "syncsnoop", steps: "syncs", same: found(/ python3 +(\S+)$/gm) },
  { name: "syscount", steps: "calls", shows: /^Top 10 processes:.*^@process\[python3\]: \d+/ms },
  { name: "tcpaccept", steps: "connections", same: found(/ python3 +(\S+ +\d+ +\S+) +\d+ +(\S+)$/gm) },
  { name: "tcpconnect", steps: "connections", same: found(new RegExp(` python3 +${ADDRESSES} *$`, "gm")) },
  { name: "tcpdrop", steps: "connections unanswered", shows: /^\S+ +\d+ +\S+ +\S+:\d+ +\S+:\d+ +\S+/m },
  {
    name: "tcplife",
    steps: "connections",
    same: found(new RegExp(` python3 +${ADDRESSES} +(\\d+ +\\d+)`, "gm")),
  },
  { name: "tcpretrans", steps: "unanswered", same: found(/^\S+ +\d+ +(\S+:\d+ +\S+:\d+ +\S+)$/gm) },
  { name: "tcpsynbl", steps: "connections", shows: HISTOGRAM },
  // Its function is not in libpthread any more since glibc 2.34: only its head is to be seen.
  { name: "threadsnoop", steps: "threads", shows: /^TIME\(ms\)/m },
  { name: "undump", steps: "messages", shows: /a message/ },
  { name: "vfscount", steps: "reads", shows: /^@\[(?:kprobe:)?vfs_read\]: \d+$/m },
  { name: "vfsstat", steps: "reads", forMs: 2500, shows: /^@\[(?:kprobe:)?vfs_read\]: \d+$/m },
  { name: "writeback", steps: "dirty", forMs: 1000, shows: /^\S+ +\S+ +\d+ +\w+ +[\d.]+/m },
  { name: "xfsdist", steps: "files" },
];
