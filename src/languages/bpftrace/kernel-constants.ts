import { readFileSync } from "node:fs";
import { packageFile } from "../../package-root.ts";

let constants: ReadonlyMap<string, string> | undefined;

/** The text of a constant that the kernel's headers define by a macro, so that its BTF does not have it. */
export function kernelConstant(name: string): string | undefined {
  constants ??= readConstants();
  return constants.get(name);
}

function readConstants(): Map<string, string> {
  const text = readFileSync(packageFile("bpf", "bcc", "constants.h"), "utf8");
  const found = text.matchAll(/^#define (\w+) (.+)$/gm);
  return new Map(Array.from(found, ([, name = "", value = ""]) => [name, value]));
}
