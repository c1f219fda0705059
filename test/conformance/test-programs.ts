import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { packageFile } from "../../src/package-root.ts";

const SOURCES = packageFile("test", "conformance", "testprogs");

/** Compiles the small programs that cases start, into `directory`/testprogs, those that are not there yet. */
export function buildTestPrograms(directory: string): void {
  const target = join(directory, "testprogs");
  mkdirSync(target, { recursive: true });
  for (const file of readdirSync(SOURCES).filter((name) => name.endsWith(".c"))) {
    const source = join(SOURCES, file);
    const program = join(target, basename(file, ".c"));
    if (existsSync(program) && statSync(program).mtimeMs > statSync(source).mtimeMs) continue;
    // With frame pointers and debug information: stacks and arguments are looked for in them.
    const flags = ["-g", "-O0", "-fno-omit-frame-pointer", "-rdynamic", "-no-pie"];
    execFileSync("gcc", [...flags, "-o", program, source, "-lpthread"], {
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
}
