import { HashMap } from "./hash-map.ts";

/** A hash map that drops the entries least recently used where it is full (since Linux 4.10). */
export class LruHashMap<K, V> extends HashMap<K, V> {}
