import type { TestContext } from "node:test";
import { packageFile } from "../../src/package-root.ts";
import { startCli, type TestProcess } from "../cli-process.ts";

/** Starts one of examples/tools; it is ready when it has printed its first line. */
export async function startTool(name: string, ...words: readonly (string | number)[]): Promise<TestProcess> {
  const path = packageFile("examples", "tools", `${name}.ts`);
  const tool = startCli(["run", path, "--", ...words.map(String)]);
  await tool.until("its first line", () => tool.lines.length > 0);
  return tool;
}

/** Starts several at once; they are ended with the test. */
export async function startTools<const T extends readonly (readonly [string, ...(string | number)[]])[]>(
  t: TestContext,
  ...tools: T
): Promise<{ [K in keyof T]: TestProcess }> {
  const started = await Promise.all(
    tools.map(async ([name, ...words]) => {
      const tool = await startTool(name, ...words);
      t.after(() => tool[Symbol.dispose]());
      return tool;
    }),
  );
  return started as { [K in keyof T]: TestProcess };
}

/** The lines after the first, as their columns. */
export function rowsOf(tool: TestProcess): string[][] {
  return tool.lines.slice(1).map((line) => line.trim().split(/\s+/));
}

/** Ends a tool as Ctrl-C does, and gives all that it printed; it must have nothing to complain of. */
export async function interrupt(tool: TestProcess): Promise<string> {
  const { stdout, stderr } = await tool.end("SIGINT");
  // Two stacks can fall into one place of the kernel's table: a tool that tells of it is right.
  const complaint = stderr.replace(/^\d+ stacks could not be kept: .*\n/m, "");
  if (complaint !== "") throw new Error(complaint);
  return stdout.toString();
}
