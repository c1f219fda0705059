import { once } from "node:events";
import type { BuiltProgram } from "../built-program.ts";
import type { KernelFacts } from "../facts/kernel-facts.ts";
import type { LoadSession } from "../load-session.ts";
import type { NamedAttachPoint } from "../program/program.ts";
import { renderDiagnostic } from "../source/diagnostic.ts";
import { EXIT } from "./exit-codes.ts";
import type { Stdio } from "./stdio.ts";

interface EmitOptions {
  readonly emit?: string;
  readonly dryRun?: boolean;
}

/** What `--emit`, `--dry-run` and `--facts` make of a script's first load: print something and end. */
export function emitSession(options: EmitOptions, stdio: Stdio, facts: KernelFacts | undefined): LoadSession {
  const base = facts === undefined ? {} : { facts };
  if (options.emit === "c" || options.emit === "facts") {
    return {
      ...base,
      onTranslate: async (source, forProgram) => {
        // The translation is not for those who only run something.
        const { emitCode, emitFacts } = await import("./emit-translation.ts");
        const emit = options.emit === "c" ? emitCode : emitFacts;
        return end(stdio, await emit(source, forProgram));
      },
    };
  }
  if (options.emit === "object") return { ...base, onBuild: (built) => end(stdio, built.object) };
  return options.dryRun ? { ...base, onLoad: (built) => end(stdio, summary(built)) } : base;
}

function summary({ program }: BuiltProgram): string {
  const lines = program.functions.map(({ name, attach }) => {
    const place = attach.kind === "none" ? "" : `, would be attached to ${attach.kind} ${targetOf(attach)}`;
    return `${name}: loaded${place}`;
  });
  return [...program.warnings.map(renderDiagnostic), ...lines, ""].join("\n");
}

function targetOf(point: Exclude<NamedAttachPoint, { kind: "none" }>): string {
  switch (point.kind) {
    case "kprobe":
    case "kretprobe":
    case "fentry":
    case "fexit":
    case "fmod-ret":
    case "lsm":
      return point.symbol;
    case "iter":
      return point.target;
    case "tracepoint":
      return `${point.category}:${point.event}`;
    case "raw-tracepoint":
      return point.event;
  }
}

/** Ends the process when all is written: a script must not go on with what it did not get. */
async function end(stdio: Stdio, output: string | Uint8Array): Promise<never> {
  if (!stdio.stdout.write(output)) await once(stdio.stdout, "drain");
  process.exit(EXIT.ok);
}
