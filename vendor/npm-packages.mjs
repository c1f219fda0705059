import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram, runVisibly } from "./run-command.mjs";
import { SetupError } from "./setup-error.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The parts that npm compiles: a package without them is not installed. */
const nativeParts = ["node_modules/ffi-napi", "node_modules/ref-napi"];

/**
 * @typedef {object} LockEntry
 * @property {string} [version]
 * @property {boolean} [optional]
 * @property {boolean} [link]
 */

/**
 * Runs `npm ci` when what is installed is not what package-lock.json says.
 * @returns {import("./setup.mjs").Step}
 */
export function npmPackages() {
  return {
    title: "npm packages",
    missing,
    plan: () => [`npm ci${nodeHeaders() ? `   (npm_config_nodedir=${nodeHeaders()})` : ""}`],
    run: async () => {
      if (!findProgram("npm"))
        throw new SetupError("there is no npm", "install it with Node, for instance from https://nodejs.org");
      const headers = nodeHeaders();
      await runVisibly("npm", ["ci", "--no-audit", "--no-fund"], {
        cwd: root,
        env: headers ? { ...process.env, npm_config_nodedir: headers } : process.env,
        remedy: "npm's own message is above; if it could not download, check the network",
      });
    },
  };
}

/** @returns {string[]} */
function missing() {
  const wanted = readLock("package-lock.json");
  const installed = readLock("node_modules/.package-lock.json");
  const names = Object.entries(wanted)
    .filter(([path, entry]) => path !== "" && !isInstalled(entry, installed[path]))
    .map(([path]) => path.replace(/^.*node_modules\//, ""));
  if (names.length > 0) return names.length > 5 ? [`${names.length} packages`] : names;
  return nativeParts
    .filter((path) => path in wanted && !hasAddon(path))
    .map((path) => `${path} (compiled part)`);
}

/**
 * @param {LockEntry} wanted
 * @param {LockEntry | undefined} installed
 */
function isInstalled(wanted, installed) {
  return installed ? installed.version === wanted.version : wanted.optional === true;
}

/** @param {string} path */
function hasAddon(path) {
  return ["build/Release", "prebuilds"].some((directory) => existsSync(join(root, path, directory)));
}

/**
 * @param {string} path
 * @returns {Record<string, LockEntry>}
 */
function readLock(path) {
  const file = join(root, path);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).packages : {};
}

/** Where Node's own headers are, so that compiling needs no download of them. */
function nodeHeaders() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, "include/node/node.h")) ? prefix : undefined;
}
