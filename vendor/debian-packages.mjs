import { existsSync, readFileSync } from "node:fs";
import { findProgram, runVisibly } from "./run-command.mjs";
import { SetupError } from "./setup-error.mjs";

/**
 * @typedef {object} Need
 * @property {string} package the Debian package that brings it
 * @property {() => boolean} present whether it is there, from wherever it came
 */

/** @type {(name: string) => () => boolean} */
const program = (name) => () => findProgram(name) !== undefined;

/** The native part of ffi-napi is compiled, and libbpf is what it calls.
 * @type {readonly Need[]} */
const always = [
  { package: "g++", present: program("g++") },
  { package: "make", present: program("make") },
  { package: "python3", present: program("python3") },
  { package: "libbpf1", present: hasLibbpf },
];

/** What guests are booted with, and what unpacks their kernels.
 * @type {readonly Need[]} */
const forGuests = [
  { package: "qemu-system-x86", present: program("qemu-system-x86_64") },
  { package: "busybox-static", present: hasStaticBusybox },
  { package: "xz-utils", present: program("xz") },
  { package: "zstd", present: program("zstd") },
];

const APT = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" };
const UPDATE = ["update", "-q"];
const INSTALL = ["install", "-y", "-q", "--no-install-recommends"];
const NETWORK = "check the network and /etc/apt/sources.list.d; apt-get's own message is above";

/**
 * Installs the missing Debian packages.
 * @param {{ guests: boolean }} wanted
 * @returns {import("./setup.mjs").Step}
 */
export function debianPackages({ guests }) {
  const needs = guests ? [...always, ...forGuests] : always;
  const missing = () => needs.filter((need) => !need.present()).map((need) => need.package);
  return {
    title: "Debian packages",
    missing,
    plan: () => [UPDATE, [...INSTALL, ...missing()]].map((args) => `apt-get ${args.join(" ")}`),
    run: async () => {
      const names = missing();
      requireApt(names);
      await runVisibly("apt-get", UPDATE, { env: { ...process.env, ...APT }, remedy: NETWORK });
      await runVisibly("apt-get", [...INSTALL, ...names], {
        env: { ...process.env, ...APT },
        remedy: NETWORK,
      });
    },
  };
}

/** @param {readonly string[]} names */
function requireApt(names) {
  if (!findProgram("apt-get"))
    throw new SetupError(
      `there is no apt-get to install ${names.join(", ")}`,
      "use Debian 12, or install the equivalents of these packages with this system's own tool",
    );
  if (process.getuid?.() !== 0)
    throw new SetupError(
      `only root can install ${names.join(", ")}`,
      `run this as root, or have root run: apt-get install ${names.join(" ")}`,
    );
}

function hasLibbpf() {
  const triplet = `${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
  return [`/usr/lib/${triplet}`, "/usr/lib64", "/usr/lib", "/usr/local/lib"].some((directory) =>
    existsSync(`${directory}/libbpf.so.1`),
  );
}

// Inside a guest's initial file system there are no libraries: a program header of type 3 names a dynamic linker.
function hasStaticBusybox() {
  const path = findProgram("busybox");
  if (!path) return false;
  const elf = readFileSync(path);
  const table = Number(elf.readBigUInt64LE(0x20));
  const size = elf.readUInt16LE(0x36);
  const types = Array.from({ length: elf.readUInt16LE(0x38) }, (_, index) =>
    elf.readUInt32LE(table + index * size),
  );
  return !types.includes(3);
}
