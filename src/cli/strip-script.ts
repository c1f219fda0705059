import { basename, dirname } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildOptions, Plugin } from "esbuild";

/**
 * A script's JavaScript, which may lie anywhere: what names its place and bcc-ts's is put in. Undefined when it
 * is no TypeScript: what runs it otherwise says why.
 */
export async function stripScript(path: string, text: string, api: string): Promise<string | undefined> {
  const { build } = await import("esbuild");
  try {
    const { outputFiles } = await build(optionsFor(path, text, api));
    return outputFiles[0]?.text;
  } catch (error) {
    if (isBuildFailure(error)) return undefined;
    throw error;
  }
}

function isBuildFailure(error: unknown): boolean {
  return error instanceof Error && "errors" in error;
}

function optionsFor(path: string, text: string, api: string) {
  const directory = dirname(path);
  return {
    absWorkingDir: directory,
    stdin: { contents: text, loader: "ts", sourcefile: basename(path) },
    bundle: true,
    treeShaking: false,
    write: false,
    format: "esm",
    platform: "node",
    target: `node${process.versions.node}`,
    sourcemap: "inline",
    sourceRoot: `${pathToFileURL(directory).href}/`,
    // As where no configuration is looked for: the hooks know none.
    tsconfigRaw: {},
    define: {
      "import.meta.url": JSON.stringify(pathToFileURL(path).href),
      "import.meta.filename": JSON.stringify(path),
      "import.meta.dirname": JSON.stringify(directory),
    },
    plugins: [importsStay(api)],
    logLevel: "silent",
  } as const satisfies BuildOptions;
}

function importsStay(api: string): Plugin {
  return {
    name: "imports-stay",
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path }) => ({
        path: path === "bcc-ts" ? api : path,
        external: true,
      }));
    },
  };
}
