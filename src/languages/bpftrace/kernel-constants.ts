import { readFileSync } from "node:fs";
import type { KernelFacts } from "../../facts/kernel-facts.ts";
import { packageFile } from "../../package-root.ts";
import { systemCallNumber } from "../../program/system-call-names.ts";

let constants: ReadonlyMap<string, string> | undefined;

/** The text of a constant that the kernel's or the C library's headers define by a macro: BTF does not have those. */
export function kernelConstant(name: string, architecture: KernelFacts["architecture"]): string | undefined {
  if (name.startsWith("__NR_")) return systemCallNumber(name.slice(5), architecture)?.toString();
  constants ??= readConstants();
  return constants.get(name);
}

function readConstants(): Map<string, string> {
  const files = [packageFile("bpf", "script", "constants.h"), packageFile("bpf", "bcc", "constants.h")];
  const text = files.map((file) => readFileSync(file, "utf8")).join("\n");
  const found = text.matchAll(/^#define (\w+) (.+)$/gm);
  return new Map(Array.from(found, ([, name = "", value = ""]) => [name, value]));
}
