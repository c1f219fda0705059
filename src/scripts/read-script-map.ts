import type { LoadedMap } from "../load/loaded-object.ts";
import { readBatches } from "../maps/batch-reader.ts";
import { walkKeys } from "../maps/key-walker.ts";
import { possibleCpus } from "../maps/possible-cpus.ts";
import type { RawChunk, RawMap } from "../maps/raw-chunk.ts";
import { FLAG_BYTES } from "../program/scalar-map.ts";
import type { ScriptMapLayout } from "../program/script.ts";
import { decodeScriptValue, type ScriptSpelling } from "../values/decode-script-value.ts";
import { mergeAggregate } from "../values/merge-aggregate.ts";
import type { ScriptMapValue, ScriptValue } from "../values/script-value.ts";
import { valueKind } from "../values/value-kind.ts";

/** Bytes of a chunk of entries: a map of histograms has large ones. */
const CHUNK_BYTES = 1 << 20;

/** All entries of a script's map, those of each CPU merged; a map of one value that has none is as `unset` says. */
export function readScriptMap(
  layout: ScriptMapLayout,
  map: LoadedMap,
  spell: ScriptSpelling,
  unset: "left out" | "zero" = "left out",
): ScriptMapValue {
  const reader = new EntryReader(layout, map, spell, unset === "zero");
  const entries = [];
  for (const chunk of chunksOf(map, reader.stride)) entries.push(...reader.entries(chunk));
  return {
    name: layout.name,
    keyed: layout.keys !== undefined,
    valueKind: valueKind(layout.value),
    entries,
  };
}

/** The entries as bytes, in chunks. */
export function chunksOf(map: LoadedMap, stride: number): Generator<RawChunk, void> {
  const raw: RawMap = { handle: map, valueStride: stride, openFd: () => map.fd };
  const most = Math.max(1, Math.floor(CHUNK_BYTES / (map.keySize + stride)));
  const count = Math.min(map.maxEntries, most);
  return readBatches(raw, "bpf_map_lookup_batch", count) ?? walkKeys(raw, count);
}

/** Bytes from one entry's value to the next, all CPUs' values included. */
export function valueStride(map: LoadedMap): {
  readonly stride: number;
  readonly perCpu: number;
  readonly cpus: number;
} {
  const isPerCpu = map.typeName.includes("percpu");
  const perCpu = isPerCpu ? Math.ceil(map.valueSize / 8) * 8 : map.valueSize;
  const cpus = isPerCpu ? possibleCpus() : 1;
  return { stride: perCpu * cpus, perCpu, cpus };
}

class EntryReader {
  readonly stride: number;
  readonly #layout: ScriptMapLayout;
  readonly #map: LoadedMap;
  readonly #spell: ScriptSpelling;
  readonly #zeros: boolean;
  readonly #cpuOffsets: readonly number[];

  constructor(layout: ScriptMapLayout, map: LoadedMap, spell: ScriptSpelling, zeros: boolean) {
    this.#zeros = zeros;
    const { stride, perCpu, cpus } = valueStride(map);
    this.stride = stride;
    this.#layout = layout;
    this.#map = map;
    this.#spell = spell;
    this.#cpuOffsets = Array.from({ length: cpus }, (_, cpu) => cpu * perCpu);
  }

  *entries({
    keys,
    values,
    count,
  }: RawChunk): Iterable<{ keys: readonly ScriptValue[]; value: ScriptValue }> {
    for (let index = 0; index < count; index++) {
      const at = index * this.stride;
      if (this.#layout.flagged && !this.#zeros && !this.#isSet(values, at)) continue;
      yield { keys: this.#keys(keys, index * this.#map.keySize), value: this.#value(values, at) };
    }
  }

  #isSet(values: DataView, at: number): boolean {
    return this.#cpuOffsets.some((cpu) => values.getBigUint64(at + cpu, true) !== 0n);
  }

  #keys(view: DataView, at: number): readonly ScriptValue[] {
    const { keys, keyParts } = this.#layout;
    if (keys === undefined) return [];
    const key = decodeScriptValue(view, at, keys, this.#spell);
    return key.kind === "tuple" && keyParts > 1 ? key.items : [key];
  }

  #value(view: DataView, at: number): ScriptValue {
    const { value, flagged } = this.#layout;
    const start = at + (flagged ? FLAG_BYTES : 0);
    if (value.kind !== "aggregate") {
      const set = this.#cpuOffsets.find((cpu) => !flagged || view.getBigUint64(at + cpu, true) !== 0n) ?? 0;
      return decodeScriptValue(view, start + set, value, this.#spell);
    }
    const offsets = this.#cpuOffsets.map((cpu) => start + cpu);
    return mergeAggregate(value.aggregate, view, offsets, value.size);
  }
}
