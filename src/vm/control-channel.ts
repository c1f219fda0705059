/** What a guest is asked to do, once. */
export interface GuestRequest {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  /** Host directories by the number of their writable export. */
  readonly writable: readonly string[];
  /** Service names by the number of their port. */
  readonly services: readonly string[];
  /** Symbolic links to make where nothing is: target, then path. */
  readonly links: readonly (readonly [target: string, path: string])[];
}

/** How the guest's command ended, and how many bytes of output it sent. */
export interface GuestExit {
  readonly exitCode: number;
  readonly signal: number | undefined;
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
}

/** A line from the guest. */
export type GuestReply =
  | { readonly kind: "ready" | "started" }
  | { readonly kind: "exit"; readonly exit: GuestExit };

const BUSYBOX = "/run/bcc-ts/busybox";

/**
 * The request as lines of a key and words. A word's unusual bytes are octal escapes, so that any argument
 * reaches the command as it is and nothing in it means anything to the guest's shell.
 */
export function encodeRequest(request: GuestRequest): string {
  const environment = Object.entries(request.env).map(([name, value]) => `${name}=${value}`);
  const words = [request.cwd, ...environment, BUSYBOX, "setsid", ...request.command];
  return [
    ...request.links.map(([target, path]) => `link ${encodeWord(target)} ${encodeWord(path)}`),
    ...request.writable.map((path, slot) => `writable ${slot} ${encodeWord(path)}`),
    ...request.services.map((name, slot) => `service ${slot} ${encodeWord(name)}`),
    ...words.map((word) => `word ${encodeWord(word)}`),
    "run\n",
  ].join("\n");
}

/** What wakes a waiting guest, new or restored: the time, and that it may mount the host's files. */
export function encodeGreeting(milliseconds: number): string {
  return `time ${Math.round(milliseconds / 1000)}\nmount\n`;
}

/** A signal for the command, after the request. */
export function encodeSignal(signal: NodeJS.Signals): string {
  return `signal ${signal.replace(/^SIG/, "")}\n`;
}

/** A word for the guest's `printf`: letters, digits and a few signs stand for themselves. */
export function encodeWord(word: string): string {
  const bytes = Buffer.from(word);
  return Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9_/.,:=+@-]/.test(character) ? character : `\\${byte.toString(8).padStart(3, "0")}`;
  }).join("");
}

/** @throws TypeError for a line that the guest's script does not send. */
export function parseReply(line: string): GuestReply {
  if (line === "ready" || line === "started") return { kind: line };
  const match = /^(exited|signalled) (\d+) (\d+) (\d+)$/.exec(line);
  if (!match) throw new TypeError(`the guest said ${JSON.stringify(line)}`);
  const [, how, number, stdoutBytes, stderrBytes] = match;
  const signal = how === "signalled" ? Number(number) : undefined;
  return {
    kind: "exit",
    exit: {
      exitCode: signal === undefined ? Number(number) : 128 + signal,
      signal,
      stdoutBytes: Number(stdoutBytes),
      stderrBytes: Number(stderrBytes),
    },
  };
}
