// The second half of the build. Hundreds of small modules are slow to start, above all under emulation, so the
// compiled files are put together; and the digest of all that decides how a program is translated is left
// beside them, so that cached objects of another build are not used.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../", import.meta.url));
const TRANSLATING = ["bpf/", "dist/src/"];

rmSync(`${root}dist/lib`, { recursive: true, force: true });
const options = {
  absWorkingDir: root,
  entryNames: "[name]",
  outdir: "dist/lib",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  sourcemap: true,
  // Native addons, and what brings programs of its own. commander is CommonJS that asks for Node's modules.
  external: ["ffi-napi", "ref-napi", "esbuild", "clang-wasm", "commander"],
  logLevel: "warning",
};
// The command is put together apart from the library: shared parts would make many small files of both.
await buildLibrary();
await build({
  ...options,
  entryPoints: ["dist/src/cli/bin.js", "dist/src/cli/script-hooks.js"],
  plugins: [libraryStaysApart()],
});
writeFileSync(`${root}dist/build-identity`, identity());

/** One CommonJS file, because V8's compiled code can be kept for such, and an ES module that runs it. */
async function buildLibrary() {
  await build({
    ...options,
    entryPoints: { library: "dist/src/index.js" },
    outExtension: { ".js": ".cjs" },
    format: "cjs",
    splitting: false,
    define: { "import.meta.url": "MODULE_URL" },
    banner: { js: 'const MODULE_URL = require("node:url").pathToFileURL(__filename).href;' },
  });
  const digest = createHash("sha256").update(readFileSync(`${root}dist/lib/library.cjs`));
  const api = await build({ ...options, entryPoints: ["dist/src/index.js"], write: false, metafile: true });
  const { exports } = api.metafile.outputs["dist/lib/index.js"];
  await build({
    ...options,
    entryPoints: undefined,
    stdin: {
      resolveDir: root,
      contents: `import { fileURLToPath } from "node:url";
import { runCached } from "./dist/src/code-cache.js";
export const { ${exports.join(", ")} } = runCached(
  fileURLToPath(new URL("library.cjs", import.meta.url)), "${digest.digest("hex")}",
);`,
    },
    outfile: "dist/lib/index.js",
    outdir: undefined,
    splitting: false,
  });
}

/** Where the command loads programs itself, it uses the library as a script does. */
function libraryStaysApart() {
  return {
    name: "library-stays-apart",
    setup({ onResolve }) {
      onResolve({ filter: /\/load\.js$/ }, () => ({ path: "./index.js", external: true }));
    },
  };
}

function identity() {
  const hash = createHash("sha256");
  for (const directory of TRANSLATING) {
    for (const name of readdirSync(root + directory, { recursive: true }).sort()) {
      const path = `${root}${directory}${name}`;
      if (path.endsWith(".map") || !statSync(path).isFile()) continue;
      hash.update(`${directory}${name}\n`).update(readFileSync(path));
    }
  }
  return hash.digest("hex");
}
