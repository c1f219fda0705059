// vendor/lock.json: what was unpacked from which version of a kernel package when that version was last looked at.
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SetupError } from "./setup-error.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const lockFile = join(here, "lock.json");

/** Where the unpacked kernels are. */
export const kernelsDirectory = process.env.BCC_TS_KERNELS ?? join(here, "kernels");

/**
 * @typedef {object} Identity what a directory of vendor/kernels holds
 * @property {number} format
 * @property {string} package
 * @property {string} version
 * @property {string} release
 * @property {string} deb SHA-256 of the package
 * @property {Record<string, string>} files SHA-256 by path
 */

/** Changes when the layout of a kernel's directory does, so that older ones are made again. */
export const IDENTITY_FORMAT = 1;

/**
 * @param {string} name
 * @returns {Identity | undefined}
 */
export function readIdentity(name) {
  const file = join(kernelsDirectory, name, "identity.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/**
 * Compares a package with the lock. A version that the lock does not know was still verified by apt.
 * @param {Identity} identity
 */
export function checkAgainstLock(identity) {
  const known = readLock()[keyOf(identity)];
  if (!known) {
    console.log(`  ${keyOf(identity)} is newer than vendor/lock.json; apt has verified its signature`);
    return;
  }
  const different = [
    ...(known.deb === identity.deb ? [] : ["the package"]),
    ...Object.keys({ ...known.files, ...identity.files }).filter(
      (path) => known.files[path] !== identity.files[path],
    ),
  ];
  if (different.length > 0)
    throw new SetupError(
      `${keyOf(identity)} is not what vendor/lock.json says: ${different.join(", ")} differ`,
      "run the set-up again; if it stays so, compare the package with https://packages.debian.org, and only then use --lock",
    );
}

/** Writes the lock from the kernels in place. */
export function writeLock() {
  const names = existsSync(kernelsDirectory) ? readdirSync(kernelsDirectory).sort() : [];
  const identities = names.map(readIdentity).filter((identity) => identity !== undefined);
  if (identities.length === 0)
    throw new SetupError("there are no kernels to lock", "run `node vendor/setup.mjs` first");
  const entries = identities.map(({ deb, files, ...identity }) => [keyOf(identity), { deb, files }]);
  writeFileSync(`${lockFile}.new`, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
  renameSync(`${lockFile}.new`, lockFile);
  console.log(entries.map(([key]) => `locked ${key}`).join("\n"));
}

/** @param {{ package: string, version: string }} identity */
function keyOf(identity) {
  return `${identity.package} ${identity.version}`;
}

/** @returns {Record<string, { deb: string, files: Record<string, string> }>} */
function readLock() {
  return existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, "utf8")) : {};
}
