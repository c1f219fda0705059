// Writes what only the running kernel tells into the file that the command line names.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import { loadModules } from "./load-modules.ts";

const EVENTS = "/sys/kernel/tracing/events";
const [output, modules] = process.argv.slice(2);
if (output === undefined) throw new Error("usage: record-kernel-child OUTPUT.json [MODULES]");
loadModules(modules);

const formats: Record<string, string> = {};
for (const category of directories(EVENTS)) {
  for (const event of directories(join(EVENTS, category))) {
    const text = readIfThere(join(EVENTS, category, event, "format"));
    if (text !== undefined) formats[`${category}:${event}`] = text;
  }
}
const lines = readFileSync("/proc/kallsyms", "latin1").split("\n");
const symbols = lines.map((line) => line.split(/[ \t]/)).filter(([, , name]) => name !== undefined);
const functions = symbols.filter(([, type = ""]) => "tTwW".includes(type));
const recording = {
  release: release(),
  formats,
  symbols: [...new Set(symbols.map(([, , name]) => name))],
  functions: [...new Set(functions.map(([, , name]) => name))],
};
writeFileSync(output, JSON.stringify(recording));
console.log(
  `${recording.release}: ${Object.keys(formats).length} tracepoints, ${recording.symbols.length} symbols`,
);

function directories(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
