import { isScalar } from "../program/scalar-map.ts";
import type { TypedMap } from "../program/tir.ts";
import { layoutOf, sizeOfType } from "../program/type-layout.ts";
import { decodeScriptValue, type ScriptSpelling } from "../values/decode-script-value.ts";
import type { ScriptMapValue, ScriptValue } from "../values/script-value.ts";
import { valueKind } from "../values/value-kind.ts";
import { type Datum, encoded, readDatum } from "./datum.ts";
import type { Words } from "./sum-up.ts";

interface Entry {
  readonly key: Uint8Array;
  value: Uint8Array;
}

/** What a script has stored in one of its maps. Keys are their bytes, as in the kernel. */
export class MapContents {
  readonly map: TypedMap;
  readonly isScalar: boolean;
  readonly #entries = new Map<string, Entry>();
  readonly #size: number;

  constructor(map: TypedMap) {
    this.map = map;
    this.isScalar = isScalar(map);
    this.#size = sizeOfType(map.value);
  }

  get length(): number {
    return this.isScalar ? 1 : this.#entries.size;
  }

  /** The keys that there are now, in the order in which they came. */
  keys(): Uint8Array[] {
    return [...this.#entries.values()].map(({ key }) => key);
  }

  has(key: Uint8Array): boolean {
    return this.#entries.has(nameOf(key));
  }

  delete(key: Uint8Array): boolean {
    return this.#entries.delete(nameOf(key));
  }

  /** Zeros where there is none. */
  get(key: Uint8Array): Datum {
    return readDatum(this.#bytes(key), 0, this.map.value);
  }

  /** False when there is no room. */
  set(key: Uint8Array, value: Datum): boolean {
    return this.#store(key, encoded(value, this.map.value));
  }

  words(key: Uint8Array): Words {
    return new BigUint64Array(this.#bytes(key).slice().buffer);
  }

  setWords(key: Uint8Array, words: Words): boolean {
    return this.#store(key, new Uint8Array(words.slice().buffer));
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Zeros for all keys; a map of one value has one from then on. */
  zero(): void {
    if (this.isScalar) this.#store(new Uint8Array(), new Uint8Array(this.#size));
    for (const entry of this.#entries.values()) entry.value = new Uint8Array(this.#size);
  }

  /** The map as it is read. `unset`: how a map of one value is shown when nothing was stored. */
  read(spell: ScriptSpelling, unset: "left out" | "zero"): ScriptMapValue {
    const { key: keyType, value: valueType, name } = this.map;
    const value = layoutOf(valueType);
    const key = keyType && layoutOf(keyType);
    const decode = (bytes: Uint8Array, layout: typeof value) =>
      decodeScriptValue(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, layout, spell);
    const keysOf = (bytes: Uint8Array): readonly ScriptValue[] => {
      if (key === undefined) return [];
      const decoded = decode(bytes, key);
      return decoded.kind === "tuple" && decoded.items.length > 1 ? decoded.items : [decoded];
    };
    const stored = [...this.#entries.values()];
    if (this.isScalar && stored.length === 0 && unset === "zero") {
      stored.push({ key: new Uint8Array(), value: new Uint8Array(this.#size) });
    }
    const entries = stored.map((entry) => ({ keys: keysOf(entry.key), value: decode(entry.value, value) }));
    return { name, keyed: keyType !== undefined, valueKind: valueKind(value), entries };
  }

  #bytes(key: Uint8Array): Uint8Array {
    return this.#entries.get(nameOf(key))?.value ?? new Uint8Array(this.#size);
  }

  #store(key: Uint8Array, value: Uint8Array): boolean {
    const name = nameOf(key);
    const entry = this.#entries.get(name);
    if (entry !== undefined) entry.value = value;
    else if (this.#entries.size >= this.map.entries) return false;
    else this.#entries.set(name, { key, value });
    return true;
  }
}

function nameOf(key: Uint8Array): string {
  return String.fromCharCode(...key);
}
