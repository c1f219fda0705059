import { packageFile } from "../../src/package-root.ts";
import { startCli, type TestProcess } from "../cli-process.ts";

/** Starts one of examples/tools; it is ready when it has printed its first line. */
export async function startTool(name: string, ...words: readonly (string | number)[]): Promise<TestProcess> {
  const path = packageFile("examples", "tools", `${name}.ts`);
  const tool = startCli(["run", path, "--", ...words.map(String)]);
  await tool.until("its first line", () => tool.lines.length > 0);
  return tool;
}

/** The lines after the first, as their columns. */
export function rowsOf(tool: TestProcess): string[][] {
  return tool.lines.slice(1).map((line) => line.trim().split(/\s+/));
}

/** Ends a tool as Ctrl-C does, and gives all that it printed; it must have nothing to complain of. */
export async function interrupt(tool: TestProcess): Promise<string> {
  const { stdout, stderr } = await tool.end("SIGINT");
  if (stderr !== "") throw new Error(stderr);
  return stdout.toString();
}
