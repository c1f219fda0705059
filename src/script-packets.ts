import type { LoadedObject } from "./load/loaded-object.ts";
import { powerOfTwo } from "./program/power-of-two.ts";
import { PACKETS_MAP, type ScriptDescription } from "./program/script.ts";
import { PerfBuffer } from "./rings/perf-buffer.ts";
import { PacketFiles } from "./scripts/packet-files.ts";

/** What stands before a packet: four numbers of eight bytes. */
const HEAD_BYTES = 32;

/** What skboutput() of a script sends, into the files that it names. */
export class ScriptPackets {
  readonly #files: PacketFiles;
  readonly #buffer: PerfBuffer;

  /** Undefined for a script that writes no packets. `bootTime`: nanoseconds since 1970. */
  static of(
    object: LoadedObject,
    description: ScriptDescription,
    bootTime: bigint,
  ): ScriptPackets | undefined {
    return object.maps.has(PACKETS_MAP) ? new ScriptPackets(object, description, bootTime) : undefined;
  }

  private constructor(object: LoadedObject, { actions, settings }: ScriptDescription, bootTime: bigint) {
    const map = object.maps.get(PACKETS_MAP);
    if (map === undefined) throw new RangeError(`the object has no map ${PACKETS_MAP}`);
    const paths = actions.map(({ kind, format = "" }) => (kind === "skboutput" ? format : undefined));
    this.#files = new PacketFiles(paths.filter((path) => path !== undefined));
    const { perfRingPages: pages } = settings;
    this.#buffer = new PerfBuffer(map, { pages: pages && powerOfTwo(pages) });
    this.#buffer.on((record) => {
      const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
      const [action, time, length, offset] = [0, 8, 16, 24].map((at) => view.getBigUint64(at, true));
      const path = paths[Number(action)];
      if (path === undefined || time === undefined) return;
      const end = HEAD_BYTES + Math.min(Number(length), record.length - HEAD_BYTES);
      const start = Math.min(HEAD_BYTES + Number(offset), end);
      this.#files.write(path, bootTime + time, record.subarray(start, end));
    });
  }

  /** Packets that found no room in the buffer. */
  get lost(): number {
    return this.#buffer.lost;
  }

  consume(): number {
    return this.#buffer.consume();
  }

  /** Writes packets as they come, until the signal. */
  run(signal: AbortSignal): Promise<void> {
    return this.#buffer.run({ signal });
  }

  close(): void {
    this.#buffer.close();
    this.#files.close();
  }
}
