import type { ConformanceCase } from "./conformance-case.ts";

/**
 * A case as bpftrace 0.17 can run it: BEGIN and END in upper case, and an exit for a script that would not
 * end by itself there. Most of what has come since then fails all the same.
 */
export function forOlderRelease(one: ConformanceCase): ConformanceCase {
  const endsItself = one.probes.length > 0 && one.probes.every((probe) => /^(begin|end)$/i.test(probe));
  const program = (text: string) =>
    text.replace(
      /(^|[\s},'"])(begin|end)(?=\s*[{/,])/g,
      (_, before: string, word: string) => before + word.toUpperCase(),
    );
  const exit = endsItself ? " i:ms:1 { exit(); }" : "";
  return {
    ...one,
    ...(one.prog !== undefined && { prog: `${program(one.prog)}${exit}` }),
    ...(one.run !== undefined && { run: program(one.run) }),
  };
}
