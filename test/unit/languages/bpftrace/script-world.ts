import { readRecordedFacts } from "../../../../src/facts/recorded-facts.ts";
import { NO_FILES } from "../../../../src/languages/bpftrace/script-files.ts";
import type { ScriptBuildOptions } from "../../../../src/script-build-options.ts";

const ROOT = new URL("../../../../../", import.meta.url);

/** How a script is compiled for a recorded kernel, on a machine that is always the same. */
export function recordedOptions(kernel: string, parameters: readonly string[] = []): ScriptBuildOptions {
  const facts = readRecordedFacts(new URL(`test/facts/${kernel}.json`, ROOT).pathname);
  return {
    facts,
    world: {
      parameters,
      named: new Map(),
      unsafe: false,
      cpus: 2,
      ...NO_FILES,
      includes: [],
      usdtProbes: () => undefined,
      userTypes: () => undefined,
      userSymbol: () => undefined,
      sourceLine: () => undefined,
      userFunctions: () => undefined,
      binaryIdentity: () => undefined,
      kernelFunctions: () => ["vfs_read", "vfs_write", "vfs_open"],
      kernelAddress: (symbol) => (symbol === "jiffies" ? 0xffffffff82000000n : undefined),
      cgroupId: () => undefined,
    },
    environment: {},
    cache: false,
    warn: (message) => {
      throw new Error(message);
    },
  };
}
