import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** What is made of bcc's tools: never in git. */
export const CORPUS_DIRECTORY = join(ROOT, "dist", "corpus");

/** The files that are. */
export const SOURCE_DIRECTORY = join(ROOT, "test", "corpus");

/** The modules of a guest's kernel. */
export function guestModules(kernel: string): string {
  return join(ROOT, "vendor", "kernels", kernel, "modules");
}
