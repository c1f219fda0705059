import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { Bpf } from "../bpf.ts";
import { load } from "../load.ts";
import { type LoadSession, setLoadSession } from "../load-session.ts";
import { ndjsonLine } from "../output/ndjson.ts";
import { type Diagnostic, renderDiagnostic } from "../source/diagnostic.ts";
import { EXIT } from "./exit-codes.ts";
import type { Stdio } from "./stdio.ts";

interface CFileOptions {
  readonly json: boolean;
  readonly session: LoadSession;
}

/** Loads a C file, attaches what its names say, and shows what it prints and sends until Ctrl-C. */
export async function runCFile(file: string, { json, session }: CFileOptions, stdio: Stdio): Promise<number> {
  setLoadSession(session);
  const text: string = readFileSync(file, "utf8");
  const onWarning = (warning: Diagnostic) => stdio.stderr.write(`${renderDiagnostic(warning)}\n`);
  using bpf = await load(text, { name: basename(file), directory: dirname(file), onWarning });
  const end = () => bpf.close(); // It ends the loops below.
  process.once("SIGINT", end).once("SIGTERM", end);
  stdio.stderr.write(`attached ${bpf.programs.join(", ")}; Ctrl-C ends\n`);
  try {
    await Promise.all([showTrace(bpf, json, stdio), ...showBuffers(bpf, json, stdio)]);
  } finally {
    process.off("SIGINT", end).off("SIGTERM", end);
  }
  return EXIT.ok;
}

async function showTrace(bpf: Bpf, json: boolean, { stdout }: Stdio): Promise<void> {
  for await (const fields of bpf.traceFields()) {
    const { task, pid, cpu, ts, msg } = fields;
    stdout.write(json ? ndjsonLine(fields) : `${task}-${pid} [${cpu}] ${ts.toFixed(6)}: ${msg}\n`);
  }
}

function showBuffers(bpf: Bpf, json: boolean, { stdout }: Stdio): Promise<void>[] {
  return Object.entries(bpf.rings).map(async ([name, ring]) => {
    for await (const event of ring) {
      stdout.write(json ? ndjsonLine({ [name]: event }) : `${name}: ${ndjsonLine(event)}`);
    }
  });
}
