import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ConformanceCase } from "./conformance-case.ts";
import type { CaseResult } from "./run-case.ts";

/** Set in a runner that is the first process of a PID namespace. */
const INSIDE = "BCC_TS_CONFORMANCE_NAMESPACE";
const RUNNER = fileURLToPath(new URL("run.js", import.meta.url));
const LIMIT_MS = 120_000;

/** A case that signals processes by name would reach all of that name on this machine. */
export function needsNamespace(one: ConformanceCase): boolean {
  const lines = [one.run ?? "", one.after ?? "", ...one.before].join("\n");
  return /\b(pkill|pidof|killall|pgrep)\b/.test(lines) && process.env[INSIDE] === undefined;
}

/** A case with more than a program may disturb others, or be disturbed. */
export function mayRunBesideOthers(one: ConformanceCase): boolean {
  return one.tier === 1 && one.run === undefined && one.after === undefined && one.before.length === 0;
}

/** Runs one case by another runner in a PID namespace, in which the names are those of the case alone. */
export function runInNamespace(one: ConformanceCase, words: readonly string[]): Promise<CaseResult> {
  const { suite, name, tier } = one;
  const command = ["--pid", "--fork", "--mount-proc", "--kill-child", process.execPath, RUNNER, ...words];
  const only = ["--only", `${suite}.${name}`, "--tier", String(tier), "--json", "-"];
  return new Promise((resolve) => {
    const options = { env: { ...process.env, [INSIDE]: "yes" }, timeout: LIMIT_MS, maxBuffer: 1 << 26 };
    execFile("unshare", [...command, ...only], options, (error, stdout, stderr) => {
      const last = stdout.slice(stdout.indexOf("\n{") + 1);
      try {
        const [result] = (JSON.parse(last) as { cases: CaseResult[] }).cases;
        if (result !== undefined) return resolve(result);
      } catch {
        // What the runner inside wrote instead says why.
      }
      const said = `${stderr}${error?.message ?? ""}`.trim().split("\n").at(-1);
      const reason = `it signals processes by name, and a PID namespace for it failed: ${said}`;
      resolve({ suite, name, tier, outcome: "skipped", reason, seconds: 0 });
    });
  });
}
