import { readFileSync } from "node:fs";
import type { ConformanceCase } from "./conformance-case.ts";
import { unmet } from "./expectation.ts";
import { ProcessGroup } from "./process-group.ts";

const ATTACHED = "__BPFTRACE_NOTIFY_PROBES_ATTACHED";
/** How long a tool that was asked to end may write. */
const GRACE_MS = 1000;

export interface RunSetting {
  /** The path of the tool, whose last part is "bpftrace". */
  readonly tool: string;
  /** Where the cases run; it has testprogs/. */
  readonly directory: string;
  /** For a tool that does not know the newest flags and spellings. */
  readonly adapt?: (one: ConformanceCase) => ConformanceCase;
  readonly ownFlags: readonly string[];
  readonly attachLimitMs: number;
}

export interface CaseResult {
  readonly suite: string;
  readonly name: string;
  readonly tier: number;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Why it failed or was skipped. */
  readonly reason?: string;
  readonly output?: string;
  readonly seconds: number;
}

type Verdict = Pick<CaseResult, "outcome" | "reason" | "output">;

/** Runs one case to its end and judges it. Nothing that it started is left. */
export async function runCase(original: ConformanceCase, setting: RunSetting): Promise<CaseResult> {
  const one = setting.adapt?.(original) ?? original;
  const started = Date.now();
  const verdict = await attempt(one, setting);
  const { suite, name, tier } = original;
  return { suite, name, tier, ...verdict, seconds: (Date.now() - started) / 1000 };
}

async function attempt(one: ConformanceCase, setting: RunSetting): Promise<Verdict> {
  const groups: ProcessGroup[] = [];
  const env = { ...process.env, [ATTACHED]: "1", BPFTRACE_VERIFY_LLVM_IR: "1", ...one.env };
  const start = (line: string) => {
    const group = ProcessGroup.ofLine(line, { cwd: setting.directory, env });
    groups.push(group);
    return group;
  };
  try {
    const before = one.before.map(start);
    for (const group of before) await hasBecomeItself(group);
    const tool = startTool(one, setting, env, before[0]?.pid);
    groups.push(tool);
    return await judgeRun(one, tool, start, setting);
  } finally {
    for (const group of groups) group.signal("SIGKILL");
  }
}

async function judgeRun(
  one: ConformanceCase,
  tool: ProcessGroup,
  start: (line: string) => ProcessGroup,
  setting: RunSetting,
): Promise<Verdict> {
  const attached = await tool.until(
    () => /^__BPFTRACE_NOTIFY_PROBES_ATTACHED$/m.test(tool.output),
    setting.attachLimitMs,
  );
  if (attached && one.after !== undefined) start(one.after);
  await tool.until(() => tool.isOver, attached ? one.timeout * 1000 : 0);
  const timedOut = !tool.isOver;
  if (timedOut) {
    tool.signal("SIGTERM");
    await tool.until(() => tool.isOver, GRACE_MS);
  }
  const output = tool.output.replaceAll(`${ATTACHED}\n`, "");
  const problems = one.expects.flatMap((expectation) => unmet(expectation, output) ?? []);
  if (!timedOut) problems.unshift(...statusProblems(one, await tool.ended));
  if (problems.length === 0) return { outcome: "passed" };
  if (timedOut) problems.push(attached ? "it had to be ended" : "it did not attach in time");
  return { outcome: "failed", reason: problems.join("; "), output };
}

function statusProblems(
  one: ConformanceCase,
  end: { status: number | null; signal: string | null },
): string[] {
  const wanted = one.returnCode ?? (one.willFail ? undefined : 0);
  if (wanted === undefined || end.status === wanted) return [];
  return [`exit ${end.status === null ? `by ${end.signal}` : `status ${end.status}`} instead of ${wanted}`];
}

function startTool(
  one: ConformanceCase,
  setting: RunSetting,
  env: Record<string, string | undefined>,
  beforePid: number | undefined,
): ProcessGroup {
  const options = { cwd: setting.directory, env };
  const withPid = (text: string) => text.replaceAll("{{BEFORE_PID}}", String(beforePid ?? ""));
  if (one.run !== undefined) {
    return ProcessGroup.ofLine(withPid(one.run.replaceAll("{{BPFTRACE}}", setting.tool)), options);
  }
  const json = one.expects[0]?.mode === "json" ? ["-q", "-f", "json"] : [];
  const words = [setting.tool, ...setting.ownFlags, ...json, "-e", withPid(one.prog ?? one.program)];
  return ProcessGroup.ofWords(words, options);
}

/** The shell has been replaced by the command, whose name a case may look for. */
async function hasBecomeItself(group: ProcessGroup): Promise<void> {
  const isShell = () => {
    try {
      return readFileSync(`/proc/${group.pid}/comm`, "utf8").trim() === "sh";
    } catch {
      return false; // It has ended already.
    }
  };
  for (let waited = 0; isShell() && waited < 2000; waited += 20)
    await new Promise((done) => setTimeout(done, 20));
}
