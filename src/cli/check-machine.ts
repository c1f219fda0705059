import { release } from "node:os";
import { findClang } from "../compile/find-clang.ts";
import { runClang } from "../compile/run-clang.ts";
import { BpfError } from "../errors.ts";
import { checkFeatures, type FeatureReport } from "../kernel/features.ts";
import { availableKernels } from "../vm/kernel-directory.ts";
import { EXIT } from "./exit-codes.ts";
import type { Stdio } from "./stdio.ts";

/** What the first programs of most users need. Without one of these nothing can be traced on this machine. */
const NEEDED = new Set(["libbpf", "permission", "BTF", "clang"]);

type Report = Pick<FeatureReport, "available" | "since" | "detail" | "remedy"> & { readonly name: string };

/** Tries everything, writes the reports, and gives the exit status. */
export async function checkMachine(json: boolean, stdio: Stdio): Promise<number> {
  const reports: Report[] = [...checkFeatures(), await compilerReport(), guestReport()];
  stdio.stdout.write(
    `${json ? JSON.stringify({ kernel: release(), features: reports }) : asText(reports)}\n`,
  );
  const usable = reports.every((report) => report.available || !NEEDED.has(report.name));
  return usable ? EXIT.ok : EXIT.failed;
}

async function compilerReport(): Promise<Report> {
  const report = { name: "clang", since: undefined };
  try {
    const clang = findClang();
    const { status, messages } = await runClang({ mode: "object", code: "int trial;", flags: {} });
    const detail = status === 0 ? `${clang.origin}: ${clang.identity.split(" ")[0]}` : messages.trim();
    return { ...report, available: status === 0, detail, remedy: undefined };
  } catch (error) {
    if (!BpfError.is(error)) throw error;
    return { ...report, available: false, detail: error.message, remedy: error.hint };
  }
}

function guestReport(): Report {
  const kernels = availableKernels();
  return {
    name: "microVM",
    since: undefined,
    available: kernels.length > 0,
    detail:
      kernels.length > 0 ? `guest kernels ${kernels.map((k) => k.release).join(", ")}` : "no guest kernel",
    remedy:
      kernels.length > 0 ? undefined : "Run `node vendor/setup.mjs --for test` in the directory of bcc-ts.",
  };
}

function asText(reports: readonly Report[]): string {
  const lines = [`Linux ${release()}`];
  for (const { name, available, since, detail, remedy } of reports) {
    const version = since === undefined ? "" : ` (since Linux ${since})`;
    lines.push(`${available ? "yes" : "no "}  ${name.padEnd(18)} ${detail}${available ? "" : version}`);
    if (!available && remedy !== undefined) lines.push(`     ${"".padEnd(18)} hint: ${remedy}`);
  }
  return lines.join("\n");
}
