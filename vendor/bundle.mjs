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
const asCommonJs = {
  ...options,
  outExtension: { ".js": ".cjs" },
  format: "cjs",
  splitting: false,
  define: { "import.meta.url": "MODULE_URL" },
  banner: { js: 'const MODULE_URL = require("node:url").pathToFileURL(__filename).href;' },
};
const LIBRARY = { name: "library", entry: "dist/src/index.js", variant: '""' };
// What the first process compiled is kept for the others, and a list of probes needs little of what a script needs.
const ONE_LINER = {
  name: "one-liner",
  entry: "dist/src/cli/one-liner/run-one-liner.js",
  variant: 'process.argv[2]?.startsWith("-l") ? "-list" : ""',
};
await Promise.all([buildLibrary(), buildOneLiners(), buildCommands()]);
writeFileSync(`${root}dist/build-identity`, identity());

/** An ES module for whoever imports the package. */
async function buildLibrary() {
  const contents = await buildWithKeptCode(LIBRARY);
  await build({
    ...options,
    entryPoints: undefined,
    stdin: { resolveDir: root, contents },
    outfile: "dist/lib/index.js",
    outdir: undefined,
    splitting: false,
  });
}

/** The command begins as CommonJS: Node's loader of ES modules takes 6 ms to start, which no one-liner needs. */
async function buildOneLiners() {
  const contents = await buildWithKeptCode(ONE_LINER);
  await build({
    ...asCommonJs,
    entryPoints: ["dist/src/cli/bin.js"],
    plugins: [
      {
        name: "one-liners-with-kept-code",
        setup({ onLoad }) {
          onLoad({ filter: /\/run-one-liner\.js$/ }, () => ({ contents, resolveDir: root }));
        },
      },
      staysApart(/\/run-file\.js$/, "./run-file.js"),
      staysApart(/\/command-line\.js$/, "./command-line.js"),
    ],
  });
}

/** Put together apart from the library: shared parts would make many small files of both. */
async function buildCommands() {
  await build({
    ...options,
    entryPoints: ["run-file", "command-line", "script-hooks"].map((name) => `dist/src/cli/${name}.js`),
    plugins: [staysApart(/\/load\.js$/, "./index.js")],
  });
}

/** One CommonJS file, because V8's compiled code can be kept for such, and the text of a module that runs it. */
async function buildWithKeptCode({ name, entry, variant }) {
  const { metafile } = await build({ ...options, entryPoints: [entry], write: false, metafile: true });
  const { exports } = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint === entry);
  await build({ ...asCommonJs, entryPoints: { [name]: entry } });
  const digest = createHash("sha256").update(readFileSync(`${root}dist/lib/${name}.cjs`));
  return `import { fileURLToPath } from "node:url";
import { runCached } from "./dist/src/code-cache.js";
export const { ${exports.join(", ")} } = runCached(
  fileURLToPath(new URL("${name}.cjs", import.meta.url)), "${digest.digest("hex")}" + (${variant}),
);`;
}

/** The library is used as a script uses it; a command that one-liners do not need is an ES module. */
function staysApart(filter, path) {
  return {
    name: `${path} stays apart`,
    setup({ onResolve }) {
      onResolve({ filter }, () => ({ path, external: true }));
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
