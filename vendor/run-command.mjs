import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { SetupError } from "./setup-error.mjs";

/**
 * Runs a program whose output the user sees, and waits for its end.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, remedy?: string }} [options]
 * @returns {Promise<void>}
 */
export function runVisibly(program, args, { cwd, env, remedy } = {}) {
  console.log(`  $ ${[program, ...args].join(" ")}`);
  return new Promise((resolve, reject) => {
    const child = spawn(findProgram(program) ?? program, args, {
      stdio: ["ignore", "inherit", "inherit"],
      cwd,
      env: env ?? process.env,
    });
    child.once("error", (error) =>
      reject(new SetupError(`${program} does not run: ${error.message}`, remedy)),
    );
    child.once("exit", (code, signal) => {
      if (code === 0) resolve();
      else
        reject(
          new SetupError(
            `${program} ${args[0]} ended with ${signal ?? code}`,
            remedy ?? "see its output above",
          ),
        );
    });
  });
}

/**
 * Standard output of a short command.
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {string}
 */
export function outputOf(program, args) {
  const { stdout, stderr, status, error } = spawnSync(findProgram(program) ?? program, args, {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (error) throw new SetupError(`${program} does not run: ${error.message}`);
  if (status !== 0)
    throw new SetupError(`${program} ended with ${status}: ${stderr.trim().split("\n")[0] ?? ""}`);
  return stdout;
}

/**
 * Path of a program, or undefined when there is none.
 * @param {string} name
 * @returns {string | undefined}
 */
export function findProgram(name) {
  const directories = [
    ...(process.env.PATH ?? "").split(delimiter),
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
  ];
  return directories
    .filter(Boolean)
    .map((directory) => join(directory, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false; // not there, or not for us: the next one
      }
    });
}
