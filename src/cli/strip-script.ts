import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { basename, dirname } from "node:path";
import { pathToFileURL } from "node:url";

const MOST_BYTES = 64 * 1024 * 1024;

/**
 * A script's JavaScript, which may lie anywhere: what names its place and bcc-ts's is put in. Undefined when it
 * is no TypeScript: what runs it otherwise says why.
 *
 * esbuild's program is run as it is. Its JavaScript interface starts a service, which takes ten times as long.
 */
export function stripScript(path: string, text: string, api: string): Promise<string | undefined> {
  const program = createRequire(import.meta.url).resolve("esbuild/bin/esbuild");
  return new Promise((resolve, reject) => {
    const child = execFile(program, wordsFor(path, api), { maxBuffer: MOST_BYTES }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else if (typeof error.code === "number") resolve(undefined);
      else reject(error);
    });
    child.stdin?.on("error", () => {}); // A program that ends early is judged by its status.
    child.stdin?.end(text);
  });
}

function wordsFor(path: string, api: string): string[] {
  const directory = dirname(path);
  return [
    "--bundle",
    "--tree-shaking=false",
    "--format=esm",
    "--platform=node",
    `--target=node${process.versions.node}`,
    "--loader=ts",
    "--log-level=silent",
    // As where no configuration is looked for: the hooks know none.
    "--tsconfig-raw={}",
    "--sourcemap=inline",
    `--sourcefile=${basename(path)}`,
    `--source-root=${pathToFileURL(directory).href}/`,
    `--alias:bcc-ts=${api}`,
    `--external:${api}`,
    `--define:import.meta.url=${JSON.stringify(pathToFileURL(path).href)}`,
    `--define:import.meta.filename=${JSON.stringify(path)}`,
    `--define:import.meta.dirname=${JSON.stringify(directory)}`,
  ];
}
