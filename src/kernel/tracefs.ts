import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { PermissionError, UnsupportedError } from "../errors.ts";

const PLACES = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

/** Where tracefs is mounted; throws UnsupportedError with the remedy when it is not. */
export function tracefsDirectory(places: readonly string[] = PLACES): string {
  for (const place of places) {
    const found = look(join(place, "events"));
    if (found === "denied") {
      throw new PermissionError("CAP_DAC_READ_SEARCH", `${place} may not be read by this user`, {
        hint: "Run as root.",
      });
    }
    if (found === "there") return place;
  }
  throw new UnsupportedError("tracefs", "tracefs is not mounted", {
    hint: "Run `mount -t tracefs nodev /sys/kernel/tracing`.",
  });
}

function look(path: string): "there" | "missing" | "denied" {
  try {
    return statSync(path).isDirectory() ? "there" : "missing";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "EACCES" || code === "EPERM" ? "denied" : "missing";
  }
}

/** Names of the tracepoint categories ("sched", "syscalls"), sorted. */
export function tracepointCategories(root: string = tracefsDirectory()): string[] {
  return directories(join(root, "events"));
}

/** Names of a category's tracepoints, sorted; none for an unknown category. */
export function tracepointEvents(category: string, root: string = tracefsDirectory()): string[] {
  return isPlainName(category) ? directories(join(root, "events", category)) : [];
}

/** The number by which perf_event_open(2) knows a tracepoint, undefined when there is no such tracepoint. */
export function tracepointId(
  category: string,
  event: string,
  root: string = tracefsDirectory(),
): number | undefined {
  if (!isPlainName(category) || !isPlainName(event)) return undefined;
  const text = readIfThere(join(root, "events", category, event, "id"));
  return text === undefined ? undefined : Number(text.trim());
}

/** A file of tracefs or debugfs; undefined when it is missing or its reading is refused. */
export function readIfThere(path: string): string | undefined {
  return readBytesIfThere(path)?.toString("utf8");
}

export function readBytesIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EACCES" || code === "EPERM" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

// The names become part of a path: no way out of the directory.
function isPlainName(name: string): boolean {
  return /^[\w.-]+$/.test(name) && !/^\.+$/.test(name);
}

function directories(path: string): string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
