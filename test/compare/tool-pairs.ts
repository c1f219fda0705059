/** What one pair of tools is given, and what of their output must be the same. */
export interface ToolPair {
  readonly name: string;
  /** The options of both; PID stands for the activity's process. */
  readonly options: readonly string[];
  /** The steps of the activity that it is about. */
  readonly steps: string;
  /** What begins each report of a tool that reports again and again; others are ready with their first line. */
  readonly report?: RegExp;
  /** Names in the text of bcc's tool that this kernel does not have, and what stands in for them. */
  readonly instead?: Readonly<Record<string, string>>;
  /** One tool after the other, each with the activity: the two cannot run at once. */
  readonly apart?: boolean;
  /** The data in the output, in any order: one text for each thing that was seen. */
  readonly read: (output: string) => readonly string[];
  /** Instead of the same texts: numbers that may differ by so much, as a fraction, and why. */
  readonly near?: { readonly by: number; readonly why: string };
}

const lines = (output: string) => output.split("\n").map((line) => line.trim());
const words = (output: string) => lines(output).map((line) => line.split(/\s+/));
/** Of rows of columns those that match, cut to the columns from one to another. */
const rows =
  (pattern: RegExp, from = 0, to?: number) =>
  (output: string) =>
    words(output)
      .map((row) => row.slice(from, to).join(" "))
      .filter((row) => pattern.test(row));
const sumOf = (numbers: readonly string[]) => [String(numbers.reduce((sum, each) => sum + Number(each), 0))];
const matches = (output: string, pattern: RegExp) =>
  [...output.matchAll(pattern)].map((m) => m.slice(1).join(" "));

/** The counts of a histogram's lines, by the line above it; the time is not compared. */
const histogramTotals = (title: RegExp) => (output: string) =>
  output
    .split(/^(?=\w+ = )/m)
    .filter((text) => title.test(text))
    .map(
      (text) =>
        `${text.split("\n")[0]?.replace(/b?'(.*)'/, "$1")}: ${sumOf(matches(text, /-> \d+ +: (\d+)/g))}`,
    );

/** The values of folded stacks that contain a function. */
const foldedSum = (name: RegExp) => (output: string) =>
  sumOf(lines(output).flatMap((line) => (name.test(line) ? [line.slice(line.lastIndexOf(" ") + 1)] : [])));

/** 6.1 has these inlined, so that bcc's tools do not attach; the others get the same request. */
const DISK_FUNCTIONS = {
  blk_account_io_start: "blk_mq_start_request",
  blk_account_io_done: "blk_update_request",
};

const ENDS = /^\d+ python3 /;

export const PAIRS: readonly ToolPair[] = [
  {
    name: "execsnoop",
    options: ["-x", "-P", "PID"],
    steps: "programs",
    read: rows(/ \/\S*(?:echo|true|program)\b/),
  },
  { name: "opensnoop", options: ["-p", "PID"], steps: "files", read: rows(/\/bcc-ts-compare-/) },
  { name: "tcpconnect", options: ["-p", "PID", "-L"], steps: "connections", read: rows(ENDS) },
  { name: "tcpaccept", options: ["-p", "PID"], steps: "connections", read: rows(ENDS) },
  {
    name: "tcplife",
    options: ["-w"],
    steps: "connections",
    read: (output) => rows(/ python3 |^\d+ python3 /, 0, 9)(output),
  },
  { name: "tcpretrans", options: [], steps: "unanswered", read: rows(/R> /, 2) },
  {
    name: "biosnoop",
    options: ["-d", "nullb0"],
    steps: "disk",
    instead: DISK_FUNCTIONS,
    // Not the process: the stand-in for where a request is made runs in whatever thread issues it.
    read: rows(/^nullb0 /, 3, 7),
  },
  {
    name: "biolatency",
    options: ["-D", "-d", "nullb0"],
    steps: "disk",
    instead: DISK_FUNCTIONS,
    read: histogramTotals(/nullb0/),
  },
  {
    name: "funccount",
    options: ["-p", "PID", "tcp_*msg"],
    steps: "connections",
    read: rows(/^tcp_\w+ \d+$/),
  },
  {
    name: "memleak",
    options: ["-p", "PID", "-a", "-o", "0", "-z", "77776", "-Z", "77778", "8", "999"],
    steps: "memory",
    // bcc gives its uprobes a reference counter at a random place (its Python leaves out the last argument of
    // bpf_attach_uprobe), and the kernel refuses another uprobe at the same place with another counter.
    apart: true,
    report: /\] Top /,
    // The last report that is complete.
    read: (output) => matches(output.split("] Top ").at(-2) ?? "", /addr = [\da-f]+ size = (\d+)/g),
  },
  {
    name: "sslsniff",
    options: ["-p", "PID"],
    steps: "secrets",
    apart: true,
    read: (output) => matches(output, /^(READ|WRITE)\S+ .* (\d+) *\n-+ DATA -+\n(.*)\n/gm),
  },
  {
    name: "runqlat",
    options: ["-P", "-p", "PID"],
    steps: "waits",
    read: (output) => histogramTotals(/^pid = \d/)(output).map((text) => text.replace(/.*: /, "")),
    near: { by: 0.1, why: "they do not begin and end at once" },
  },
  {
    name: "offcputime",
    options: ["-p", "PID", "-f", "-K"],
    steps: "waits",
    read: foldedSum(/nanosleep/),
    near: { by: 0.05, why: "bcc ends a wait a little later, when the next thread has been set up" },
  },
  {
    name: "profile",
    options: ["-p", "PID", "-f", "-K", "-F", "99"],
    steps: "burn",
    read: foldedSum(/read_zero|read_iter_zero/),
    near: { by: 0.15, why: "each has its own clock" },
  },
];
