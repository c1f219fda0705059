import { readFileSync } from "node:fs";
import { packageFile } from "../../package-root.ts";

let known: Readonly<Record<string, readonly string[]>> | undefined;

/** Whether a program's headers are or bring in a header of the kernel, as far as bpf/bcc asks for it. */
export function isIncluded(header: string, headers: ReadonlySet<string>): boolean {
  if (headers.has(header)) return true;
  if (headers.size === 0) return false;
  known ??= JSON.parse(readFileSync(packageFile("bpf", "bcc", "includes.json"), "utf8")) as typeof known;
  return known?.[header]?.some((from) => headers.has(from)) ?? false;
}
