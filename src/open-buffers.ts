import type { Btf } from "./btf/btf.ts";
import type { BufferOptions } from "./buffer-options.ts";
import { BpfError } from "./errors.ts";
import type { LoadedMap } from "./load/loaded-object.ts";
import type { GlobalData } from "./maps/global-data.ts";
import { EVENT_SECTION, lostVariable, tableOfEventVariable } from "./program/program.ts";
import { PerfBuffer } from "./rings/perf-buffer.ts";
import { RingBuffer } from "./rings/ring-buffer.ts";
import type { Codec } from "./values/codec.ts";
import { codecFor } from "./values/compile-codec.ts";

/**
 * The ring and perf buffers of an object, each with the types of its events and its counter of losses. `data` is
 * the section of the counters, undefined when no program counts any. Throws BpfError "UNKNOWN_BUFFER" where the
 * options are for another one.
 */
export function openBuffers(
  maps: readonly LoadedMap[],
  types: Btf,
  data: GlobalData | undefined,
  options: Readonly<Record<string, BufferOptions>>,
): Map<string, RingBuffer<unknown> | PerfBuffer<unknown>> {
  const unknown = Object.keys(options).find((name) => !maps.some((map) => map.name === name));
  if (unknown !== undefined) {
    const names = maps.map((map) => map.name).join(", ") || "none";
    throw new BpfError("UNKNOWN_BUFFER", `there is no ring or perf buffer ${unknown}; there are: ${names}`);
  }
  const codecs = eventCodecs(types);
  return new Map(
    maps.map((map) => {
      const counter = lostVariable(map.name);
      const settings = {
        ...options[map.name],
        codec: codecs.get(map.name)?.codecs,
        mayBePart: codecs.get(map.name)?.mayBePart,
        ...(data?.has(counter) && { countLost: () => Number(data.read(counter)) }),
      };
      return [
        map.name,
        map.typeName === "ringbuf" ? new RingBuffer(map, settings) : new PerfBuffer(map, settings),
      ];
    }),
  );
}

/** The codecs of each buffer's events: pointers to their types stand in a section of their own. */
function eventCodecs(types: Btf): Map<string, { codecs: Codec[]; mayBePart: boolean }> {
  const codecs = new Map<string, { codecs: Codec[]; mayBePart: boolean }>();
  const id = types.find("datasec", EVENT_SECTION);
  const section = id === undefined ? undefined : types.type(id);
  if (section?.kind !== "datasec") return codecs;
  for (const { type } of section.variables) {
    const variable = types.type(type);
    const event = variable.kind === "var" ? tableOfEventVariable(variable.name) : undefined;
    const pointer = variable.kind === "var" ? types.type(types.resolve(variable.to)) : undefined;
    if (event === undefined || pointer?.kind !== "ptr") continue;
    const before = codecs.get(event.table)?.codecs ?? [];
    codecs.set(event.table, { codecs: [...before, codecFor(types, pointer.to)], mayBePart: event.isPart });
  }
  return codecs;
}
