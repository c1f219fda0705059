import { readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";

/**
 * Puts each kernel test, with all of src that it imports, into one file under dist/guest/kernel: a guest reads
 * hundreds of small files slowly. They lie as deep as the originals, so paths to the repository stay right.
 * Gives the tests among them.
 */
export async function bundleGuestTests(root: string, tests: readonly string[]): Promise<string[]> {
  const outdir = join(root, "dist", "guest", "kernel");
  rmSync(outdir, { recursive: true, force: true });
  const directory = join(root, "dist", "test", "kernel");
  // What tests start as processes of their own comes along.
  const children = readdirSync(directory).filter((name) => name.endsWith("-child.js"));
  await build({
    absWorkingDir: root,
    entryPoints: [...tests, ...children.map((name) => join(directory, name))],
    outdir,
    outbase: directory,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["ffi-napi", "ref-napi", "esbuild", "clang-wasm", "commander", "bcc-ts"],
    logLevel: "warning",
  });
  return tests.map((path) => join(outdir, basename(path)));
}
