import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { findClang } from "../src/compile/find-clang.ts";
import { packageFile } from "../src/package-root.ts";
import { pythonWithBcc } from "./contestants.ts";

/** What the numbers of a run depend on, a line each. */
export function describeMachine(): string[] {
  const processors = cpus();
  const gib = Math.round(totalmem() / 2 ** 30);
  const python = pythonWithBcc();
  const versions = [
    `bcc-ts ${JSON.parse(readFileSync(packageFile("package.json"), "utf8")).version}`,
    `node ${process.versions.node}`,
    `clang ${clangVersion()}`,
    said("bpftrace", "--version"),
    python && `bcc ${said(python, "-c", "import bcc; print(bcc.__version__)")}`,
  ];
  return [
    `${processors.length} x ${processors[0]?.model}, ${gib} GiB, Linux ${release()}`,
    versions.filter(Boolean).join(", "),
  ];
}

function clangVersion(): string {
  const { path, arguments: words, origin } = findClang();
  return `${/version (\S+)/.exec(said(path, ...words, "--version"))?.[1]} (${origin})`;
}

function said(command: string, ...words: readonly string[]): string {
  try {
    return execFileSync(command, words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "";
  }
}
