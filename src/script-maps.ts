import { BpfError } from "./errors.ts";
import type { LoadedObject } from "./load/loaded-object.ts";
import type { ScriptDescription, ScriptMapLayout } from "./program/script.ts";
import { clearScriptMap, zeroScriptMap } from "./scripts/clear-script-map.ts";
import { readScriptMap } from "./scripts/read-script-map.ts";
import type { Speller } from "./scripts/spell-deferred.ts";
import type { ScriptMapValue } from "./values/script-value.ts";

/** The maps of a script that is in the kernel. */
export class ScriptMaps {
  readonly #object: LoadedObject;
  readonly #description: ScriptDescription;
  readonly #speller: Speller;

  constructor(object: LoadedObject, description: ScriptDescription, speller: Speller) {
    this.#object = object;
    this.#description = description;
    this.#speller = speller;
  }

  /** Takes all keys, or sets all values to zero. */
  empty(layout: ScriptMapLayout | undefined, how: "clear" | "zero"): void {
    const map = layout && this.#object.maps.get(layout.table);
    if (layout === undefined || map === undefined) return;
    if (how === "clear") clearScriptMap(map);
    else zeroScriptMap(map, layout.flagged);
  }

  /** A map as it is now. */
  read(layout: ScriptMapLayout): ScriptMapValue {
    const map = this.#object.maps.get(layout.table);
    if (map === undefined) throw new BpfError("SCRIPT", `the object has no map ${layout.table}`);
    return this.#since1970(readScriptMap(layout, map, this.#speller));
  }

  /** Time series are kept by the boot clock. */
  #since1970(map: ScriptMapValue): ScriptMapValue {
    if (map.valueKind !== "tseries" || this.#description.settings.seriesClock !== undefined) return map;
    const { bootTime } = this.#speller;
    const entries = map.entries.map(({ keys, value }) => {
      if (value.kind !== "tseries") return { keys, value };
      const points = value.points.map((point) => ({ ...point, start: point.start + bootTime }));
      return { keys, value: { ...value, points } };
    });
    return { ...map, entries };
  }

  /** A map of one value that has none is printed as zero when the script asks for it. */
  orZero(layout: ScriptMapLayout): ScriptMapValue {
    const value = this.read(layout);
    if (value.keyed || value.entries.length > 0) return value;
    const map = this.#object.maps.get(layout.table);
    return map === undefined ? value : readScriptMap(layout, map, this.#speller, "zero");
  }
}
