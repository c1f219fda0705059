import { NameIndex } from "./btf/name-index.ts";
import { buildIdentity } from "./build-identity.ts";
import { cacheKey, ObjectCache } from "./compile/object-cache.ts";
import type { KernelFacts } from "./facts/kernel-facts.ts";

/** The index of this kernel's BTF of an earlier compilation. */
export function keptNameIndex(identity: string, btfBytes: number): NameIndex | undefined {
  const entry = new ObjectCache(() => {}).read(keyOf(identity));
  return entry && NameIndex.read(entry.object, btfBytes);
}

/** Makes the index where it was not kept, which takes as long as a small program's compilation. */
export function keepNameIndex(facts: KernelFacts, warn: (message: string) => void): void {
  const { btf, identity } = facts;
  if (btf.index !== undefined) return;
  const object = NameIndex.of(btf.table).bytes(btf.bytes.length);
  new ObjectCache(warn).write(keyOf(identity), { description: "", object });
}

function keyOf(identity: string): string {
  return cacheKey(["index of BTF", buildIdentity(), identity]);
}
