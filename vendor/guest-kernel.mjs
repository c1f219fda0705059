import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { checkAgainstLock, IDENTITY_FORMAT, kernelsDirectory, readIdentity } from "./kernel-lock.mjs";
import { collectModules, moduleDependencies } from "./kernel-modules.mjs";
import { findProgram, outputOf, runVisibly } from "./run-command.mjs";
import { SetupError } from "./setup-error.mjs";
import { extractVmlinux } from "./vmlinuz.mjs";

/** The packages whose dependency is the current kernel package of a series: old ones leave the archive. */
const metapackages = { 6.1: "linux-image-amd64", 6.12: "linux-image-6.12-amd64" };

/** Loaded by each guest at its start. */
const bootModules = ["virtio_pci", "virtio_console", "9pnet_virtio", "9p", "overlay"];

/** There to be loaded by a command: block devices, a file system and network devices to trace. */
const furtherModules = ["loop", "null_blk", "crc32c_generic", "ext4", "dummy", "veth"];

/** What a module asks the kernel for by an alias when it is used, and a guest's kernel has no modprobe to call.
 * @type {Record<string, readonly string[]>} */
const askedForLater = { ext4: ["crc32c_generic"] };

const NETWORK = "check the network and run `apt-get update`; apt-get's own message is above";

/**
 * Downloads a kernel of this series from Debian and unpacks what a guest needs of it.
 * @param {"6.1" | "6.12"} series
 * @returns {import("./setup.mjs").Step}
 */
export function guestKernel(series) {
  const place = join(kernelsDirectory, series);
  return {
    title: `guest kernel ${series}`,
    missing: () => (readIdentity(series)?.format === IDENTITY_FORMAT ? [] : [place]),
    plan: () => [
      `apt-get download the package that ${metapackages[series]} depends on, into ${kernelsDirectory}`,
      "dpkg -x that package, beside it",
      `keep vmlinux, config, System.map and ${bootModules.length + furtherModules.length} modules in ${place}; delete the rest`,
    ],
    run: () => bring(series, place),
  };
}

/**
 * @param {"6.1" | "6.12"} series
 * @param {string} place
 */
async function bring(series, place) {
  requireDebian(series);
  mkdirSync(kernelsDirectory, { recursive: true });
  await removeLeftovers();
  const work = mkdtempSync(join(kernelsDirectory, ".new-"));
  try {
    const { name, version } = await currentPackage(metapackages[series]);
    const deb = await download(name, version, work);
    const unpacked = join(work, "unpacked");
    await runVisibly("dpkg", ["-x", deb, unpacked]);
    const ready = join(work, "ready");
    const release = arrange(unpacked, ready);
    const identity = {
      format: IDENTITY_FORMAT,
      package: name,
      version,
      release,
      deb: hashOf(deb),
      files: hashesOf(ready),
    };
    checkAgainstLock(identity);
    writeFileSync(join(ready, "identity.json"), `${JSON.stringify(identity, null, 2)}\n`);
    if (existsSync(place)) renameSync(place, join(work, "old"));
    renameSync(ready, place);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @param {string} series */
function requireDebian(series) {
  if (process.arch !== "x64")
    throw new SetupError(
      `guests run on x86-64 only, and this machine is ${process.arch}`,
      "use an x86-64 machine, or one whose own kernel has kprobes with --for demo",
    );
  for (const program of ["apt-get", "apt-cache", "dpkg"])
    if (!findProgram(program))
      throw new SetupError(
        `there is no ${program} to bring the guest kernel ${series}`,
        "run this on Debian 12, and copy vendor/kernels from there",
      );
}

/** Removes what an interrupted run left behind; its dpkg may write there for a while yet. The caller holds the lock. */
async function removeLeftovers() {
  const leftovers = readdirSync(kernelsDirectory).filter((name) => name.startsWith(".new-"));
  for (const name of leftovers) await removeTree(join(kernelsDirectory, name), Date.now() + 60_000);
}

/**
 * @param {string} path
 * @param {number} deadline
 */
async function removeTree(path, deadline) {
  for (;;) {
    try {
      return rmSync(path, { recursive: true, force: true });
    } catch (error) {
      const grows = /** @type {NodeJS.ErrnoException} */ (error).code === "ENOTEMPTY";
      if (!grows || Date.now() > deadline) throw error;
      await delay(200);
    }
  }
}

/**
 * @param {string} metapackage
 * @returns {Promise<{ name: string, version: string }>}
 */
async function currentPackage(metapackage) {
  const found = resolvePackage(metapackage);
  if (found) return found;
  await updateLists();
  const again = resolvePackage(metapackage);
  if (!again)
    throw new SetupError(
      `apt knows no package ${metapackage}`,
      "add Debian 12's bookworm, bookworm-updates and bookworm-security to the sources of apt",
    );
  return again;
}

/** @param {string} metapackage */
function resolvePackage(metapackage) {
  /** @type {string} */
  let text;
  try {
    text = outputOf("apt-cache", ["show", "--no-all-versions", metapackage]);
  } catch (error) {
    if (error instanceof SetupError) return undefined; // not in the lists, which may be missing or old
    throw error;
  }
  const [, name, version] = /^Depends: (linux-image-\S+) \(= (\S+)\)/m.exec(text) ?? [];
  return name && version ? { name, version } : undefined;
}

async function updateLists() {
  if (process.getuid?.() !== 0)
    throw new SetupError(
      "the package lists are missing or old, and only root can update them",
      "run `apt-get update` as root",
    );
  await runVisibly("apt-get", ["update", "-q"], { remedy: NETWORK });
}

/**
 * @param {string} name
 * @param {string} version
 * @param {string} directory
 * @returns {Promise<string>} path of the package, whose hash apt has verified against the signed lists
 */
async function download(name, version, directory) {
  // apt's download user could not write to the private directory; it would say so and go on as root.
  const get = () =>
    runVisibly("apt-get", ["download", "-q", "-o", "APT::Sandbox::User=root", `${name}=${version}`], {
      cwd: directory,
      remedy: NETWORK,
    });
  try {
    await get();
  } catch (error) {
    if (!(error instanceof SetupError) || process.getuid?.() !== 0) throw error;
    await updateLists(); // the version may have left the archive since the lists were read
    await get();
  }
  const file = readdirSync(directory).find((entry) => entry.endsWith(".deb"));
  if (!file) throw new SetupError(`apt-get downloaded no package ${name}`);
  return join(directory, file);
}

/**
 * Puts what a guest needs of an unpacked package into its directory.
 * @param {string} unpacked
 * @param {string} target
 * @returns {string} the kernel's release
 */
function arrange(unpacked, target) {
  const boot = join(unpacked, "boot");
  const image = readdirSync(boot).find((name) => name.startsWith("vmlinuz-"));
  if (!image) throw new SetupError("the kernel package holds no vmlinuz");
  const release = image.slice("vmlinuz-".length);
  mkdirSync(join(target, "modules"), { recursive: true });
  writeFileSync(join(target, "vmlinux"), extractVmlinux(readFileSync(join(boot, image))));
  copyFileSync(join(boot, `config-${release}`), join(target, "config"));
  copyFileSync(join(boot, `System.map-${release}`), join(target, "System.map"));
  writeFileSync(join(target, "release"), `${release}\n`);
  const tree = ["usr/lib", "lib"]
    .map((lib) => join(unpacked, lib, "modules", release))
    .find((path) => existsSync(path));
  if (!tree) throw new SetupError(`the kernel package holds no modules of ${release}`);
  const all = collectModules(tree, [...bootModules, ...furtherModules]);
  for (const { name, bytes } of all) writeFileSync(join(target, "modules", `${name}.ko`), bytes);
  const boots = collectModules(tree, bootModules).map(({ name }) => `${name}.ko\n`);
  writeFileSync(join(target, "modules", "boot-order"), boots.join(""));
  writeFileSync(join(target, "modules", "modules.dep"), dependencyTable(all));
  return release;
}

/**
 * The table by which modprobe loads a module with all that it depends on.
 * @param {readonly { name: string, bytes: Buffer }[]} modules
 */
function dependencyTable(modules) {
  const present = new Set(modules.map(({ name }) => name));
  const direct = new Map(
    modules.map(({ name, bytes }) => [
      name,
      [...moduleDependencies(bytes), ...(askedForLater[name] ?? [])].filter((other) => present.has(other)),
    ]),
  );
  /** @type {(name: string) => string[]} */
  const all = (name) => (direct.get(name) ?? []).flatMap((other) => [other, ...all(other)]);
  const lines = modules.map(
    ({ name }) => `${[`${name}.ko:`, ...new Set(all(name))].join(" ").replaceAll(/ (\S+)/g, " $1.ko")}\n`,
  );
  return lines.join("");
}

/** @param {string} directory */
function hashesOf(directory) {
  const paths = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
  return Object.fromEntries(paths.map((path) => [path.slice(directory.length + 1), hashOf(path)]));
}

/** @param {string} file */
function hashOf(file) {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
