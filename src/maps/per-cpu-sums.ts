import { add, combineValues, divideValue, larger } from "./combine-values.ts";

/** A map with a value for each CPU, as the sums over it need it. */
interface PerCpuMap<K, V> {
  get(key: K): V[] | undefined;
  entries(): IterableIterator<[K, V[]]>;
  values(): IterableIterator<V[]>;
}

/** All CPUs' values of a key as one. Structs are summed member by member. */
export function sumOf<K, V>(map: PerCpuMap<K, V>, key: K): V | undefined {
  const values = map.get(key);
  return values === undefined ? undefined : combineValues(values, add);
}

export function largestOf<K, V>(map: PerCpuMap<K, V>, key: K): V | undefined {
  const values = map.get(key);
  return values === undefined ? undefined : combineValues(values, larger);
}

export function averageOf<K, V>(map: PerCpuMap<K, V>, key: K): V | undefined {
  const values = map.get(key);
  return values === undefined ? undefined : divideValue(combineValues(values, add), values.length);
}

export function totalOf<K, V>(map: PerCpuMap<K, V>): V | undefined {
  let total: V | undefined;
  for (const values of map.values()) {
    const sum = combineValues(values, add);
    total = total === undefined ? sum : combineValues([total, sum], add);
  }
  return total;
}

export function* sumsOf<K, V>(map: PerCpuMap<K, V>): IterableIterator<[K, V]> {
  for (const [key, values] of map.entries()) yield [key, combineValues(values, add)];
}
