import type { Btf } from "./btf/btf.ts";
import type { BufferOptions } from "./buffer-options.ts";
import type { GlobalVariables } from "./global-variables.ts";
import type { LoadedMap, LoadedObject } from "./load/loaded-object.ts";
import { publishTable } from "./load/public-tables.ts";
import { type AnyMap, createMap } from "./maps/create-map.ts";
import { openBuffers } from "./open-buffers.ts";
import type { TableDeclaration } from "./program/program.ts";
import type { PerfBuffer } from "./rings/perf-buffer.ts";
import type { RingBuffer } from "./rings/ring-buffer.ts";

const BUFFERS: ReadonlySet<string> = new Set(["ringbuf", "perf_output"]);

/** What the tables of a text are made into. */
export interface TableSurroundings {
  readonly object: LoadedObject;
  /** The object's own BTF. */
  readonly types: Btf;
  readonly globals: GlobalVariables;
  readonly buffers: Readonly<Record<string, BufferOptions>>;
  readonly programFd: (name: string) => number;
}

/** The tables of a text that is loaded, by their names. */
export interface OpenTables {
  readonly maps: Readonly<Record<string, AnyMap>>;
  readonly rings: Readonly<Record<string, RingBuffer<unknown> | PerfBuffer<unknown>>>;
  /** Closes them; the last is to be called first. */
  readonly closers: readonly (() => void)[];
}

/** An object for each table, and names for those that others may share. */
export function openTables(tables: readonly TableDeclaration[], around: TableSurroundings): OpenTables {
  const { object, types, globals, programFd } = around;
  const declared = new Map(tables.map((table) => [table.name, table]));
  const isBuffer = ({ name }: LoadedMap) => BUFFERS.has(declared.get(name)?.kind ?? "");
  const handles = [...object.maps.values()].filter((map) => !map.internal);
  const rings = openBuffers(handles.filter(isBuffer), types, globals.section(".bss"), around.buffers);
  const maps = new Map<string, AnyMap>();
  for (const handle of handles.filter((map) => !isBuffer(map))) {
    const inner = object.maps.get(declared.get(handle.name)?.inner ?? "");
    maps.set(handle.name, createMap(handle, types, { programFd, inner }));
  }
  const closers = [...rings.values(), ...maps.values()].map((table) => () => table.close());
  for (const { name, share } of tables) {
    const map = share === undefined ? undefined : object.maps.get(name);
    if (map !== undefined) closers.push(publishTable(name, map.fd));
  }
  return {
    maps: Object.freeze(Object.fromEntries(maps)),
    rings: Object.freeze(Object.fromEntries(rings)),
    closers,
  };
}
