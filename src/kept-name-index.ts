import { NameIndex } from "./btf/name-index.ts";
import { buildIdentity } from "./build-identity.ts";
import { cacheKey, ObjectCache } from "./compile/object-cache.ts";
import type { KernelFacts } from "./facts/kernel-facts.ts";
import { liveFacts } from "./kernel/live-facts.ts";

/** Facts whose BTF is read with the index of an earlier compilation. */
export interface IndexedFacts {
  readonly facts: KernelFacts;
  /**
   * Makes the index where BTF was read and none was kept, which takes as long as a small program's compilation:
   * to be called while clang runs.
   */
  keepIndex(warn: (message: string) => void): void;
}

/** The running kernel's. */
export function indexedFacts(): IndexedFacts {
  let missing = false;
  const facts = liveFacts((identity, btfBytes) => {
    const entry = new ObjectCache(() => {}).read(keyOf(identity));
    const index = entry && NameIndex.read(entry.object, btfBytes);
    missing = index === undefined;
    return index;
  });
  const keepIndex = (warn: (message: string) => void) => {
    if (!missing) return;
    missing = false;
    const { btf, identity } = facts;
    const object = NameIndex.of(btf.table).bytes(btf.bytes.length);
    new ObjectCache(warn).write(keyOf(identity), { description: "", object });
  };
  return { facts, keepIndex };
}

function keyOf(identity: string): string {
  return cacheKey(["index of BTF", buildIdentity(), identity]);
}
