// opensnoop and execsnoop of examples/tools, against what this process and its children do.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { test } from "node:test";
import { needsFeature } from "./needs-feature.ts";
import { rowsOf, startTool, startTools } from "./tool-process.ts";

test("opensnoop shows files, descriptors and errors of a process", async (t) => {
  if (!needsFeature(t, "tracepoints")) return;
  const directory = mkdtempSync(join(tmpdir(), "bcc-ts-open-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "there");
  writeFileSync(file, "");
  const [all, failed, written, others] = await startTools(
    t,
    ["opensnoop", "-p", process.pid, "-U", "-e", "-F"],
    ["opensnoop", "-x", "-p", process.pid],
    ["opensnoop", "-f", "O_RDWR", "-f", "O_CREAT", "-t", process.pid],
    ["opensnoop", "-d", 1, "-u", 54321],
  );

  const fd = openSync(file, "r");
  const again = openSync(relative(process.cwd(), file), "r+");
  assert.throws(() => openSync(join(directory, "missing"), "r"), { code: "ENOENT" });
  const made = openSync(join(directory, "made"), "w", 0o600);
  for (const each of [fd, again, made]) closeSync(each);

  const mine = (tool: typeof all, start: string) =>
    rowsOf(tool).filter((row) => row.at(-1)?.startsWith(start));
  await Promise.all([
    all.until("the last file", () => mine(all, join(directory, "made")).length > 0),
    failed.until("the missing file", () => mine(failed, join(directory, "missing")).length > 0),
    written.until("the last file", () => mine(written, join(directory, "made")).length > 0),
  ]);
  const [pid, comm] = [String(process.pid), all.lines[1]?.trim().split(/\s+/)[2] ?? ""];
  // O_CLOEXEC is 02000000, O_RDWR 2, O_WRONLY | O_CREAT | O_TRUNC 01101.
  assert.deepEqual(mine(all, directory), [
    ["0", pid, comm, String(fd), "0", "02000000", file],
    ["0", pid, comm, String(again), "0", "02000002", file],
    ["0", pid, comm, "-1", "2", "02000000", join(directory, "missing")],
    ["0", pid, comm, String(made), "0", "02001101", join(directory, "made")],
  ]);
  assert.deepEqual(mine(failed, directory), [[pid, comm, "-1", "2", join(directory, "missing")]]);
  const relativePath = relative(process.cwd(), file);
  assert.deepEqual(
    rowsOf(written).filter((row) => row.at(-1) === relativePath || row.at(-1)?.startsWith(directory)),
    [
      [pid, comm, String(again), "0", "02000002", relativePath],
      [pid, comm, String(made), "0", "02001101", join(directory, "made")],
    ],
  );
  const ended = await others.end();
  assert.deepEqual([ended.status, others.lines.length], [0, 1]);
});

test("execsnoop shows programs, their arguments and what failed", async (t) => {
  if (!needsFeature(t, "tracepoints")) return;
  using named = await startTool("execsnoop", "-q", "-n", "^ech", "-l", "b c$");
  // The last to start: the others are children, too.
  using tool = await startTool("execsnoop", "-x", "-U", "-P", process.pid, "--max-args", 4);
  spawnSync("/bin/echo", ["a", "b c", "d", "e"]);
  spawnSync("/nonexistent/program", ["a"]);
  const last = spawnSync("/bin/echo", ["a", "b c"]);
  await tool.until("the last", () => rowsOf(tool).some((row) => row[2] === String(last.pid)));
  await named.until("the last", () => rowsOf(named).some((row) => row[1] === String(last.pid)));
  const rows = rowsOf(tool);
  const parent = String(process.pid);
  assert.deepEqual(
    rows.map(([uid, comm, , ppid, ret, ...words]) => [
      uid,
      ret === "0" ? comm : "",
      ppid,
      ret,
      words.join(" "),
    ]),
    [
      ["0", "echo", parent, "0", "/bin/echo a b c d ..."],
      ["0", "", parent, "-2", "/nonexistent/program a"],
      ["0", "echo", parent, "0", "/bin/echo a b c"],
    ],
  );
  assert.deepEqual(
    rowsOf(named)
      .filter((row) => row[2] === parent)
      .map((row) => row.slice(4).join(" ")),
    ['"/bin/echo" "a" "b c" "d" "e"', '"/bin/echo" "a" "b c"'],
  );
});
