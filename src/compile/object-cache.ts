import { createHash, randomUUID } from "node:crypto";
import {
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "./cache-directory.ts";
import { pruneDirectory } from "./prune-directory.ts";

/** What is kept for one text: the object file and what the front end found out, as JSON. */
export interface CacheEntry {
  readonly description: string;
  readonly object: Uint8Array;
}

const MAGIC = "bcc-ts object 1\n";
const LIMIT = { bytes: 64 << 20, entries: 512 } as const;
const FRESH_MS = 3_600_000;

/** The name of an entry: all that the object depends on, in this order. */
export function cacheKey(parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest("hex");
}

/** Compiled objects on disk. Nothing that goes wrong with it stops a trace: it costs a compilation, and is said. */
export class ObjectCache {
  readonly #directory: string | undefined;
  readonly #warn: (message: string) => void;

  constructor(warn: (message: string) => void, environment: NodeJS.ProcessEnv = process.env) {
    this.#warn = warn;
    const found = cacheDirectory("objects", environment);
    if ("refused" in found) warn(`compiled programs are not cached: ${found.refused}`);
    else this.#directory = found.path;
  }

  /** The entry, or undefined when there is none or it is damaged. */
  read(key: string): CacheEntry | undefined {
    if (this.#directory === undefined) return undefined;
    const path = join(this.#directory, key);
    let bytes: Buffer;
    try {
      bytes = readFileSync(path);
    } catch {
      return undefined; // Not there, or not readable: it is compiled again, and writing says what is wrong.
    }
    const entry = decode(bytes);
    if (entry !== undefined) keepFresh(path);
    return entry;
  }

  write(key: string, entry: CacheEntry): void {
    if (this.#directory === undefined) return;
    const temporary = join(this.#directory, `.${key}.${randomUUID()}`);
    try {
      const file = openSync(temporary, "wx", 0o600);
      try {
        writeFileSync(file, encode(entry));
      } finally {
        closeSync(file);
      }
      renameSync(temporary, join(this.#directory, key));
      pruneDirectory(this.#directory, LIMIT);
    } catch (error) {
      rmSync(temporary, { force: true });
      this.#warn(`a compiled program could not be cached: ${(error as Error).message}`);
    }
  }
}

function encode({ description, object }: CacheEntry): Buffer {
  const text = Buffer.from(description);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const body = Buffer.concat([length, text, object]);
  return Buffer.concat([Buffer.from(MAGIC), createHash("sha256").update(body).digest(), body]);
}

function decode(bytes: Buffer): CacheEntry | undefined {
  const start = MAGIC.length + 32;
  if (bytes.length < start + 4 || bytes.toString("latin1", 0, MAGIC.length) !== MAGIC) return undefined;
  const body = bytes.subarray(start);
  const digest = createHash("sha256").update(body).digest();
  if (!digest.equals(bytes.subarray(MAGIC.length, start))) return undefined;
  const length = body.readUInt32LE(0);
  return {
    description: body.toString("utf8", 4, 4 + length),
    object: new Uint8Array(body.subarray(4 + length)),
  };
}

/** The time of the last use decides what is dropped first; an hour's precision saves a write at each start. */
function keepFresh(path: string): void {
  try {
    const now = new Date();
    if (now.getTime() - statSync(path).mtimeMs > FRESH_MS) utimesSync(path, now, now);
  } catch {
    // Another process may have dropped it; what was read is good.
  }
}
