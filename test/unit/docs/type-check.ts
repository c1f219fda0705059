import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Example } from "./doc-examples.ts";

/** What the compiler says against an example, at the place where the example was written. */
export interface Complaint {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** What examples of a doc comment speak of without saying where it comes from. */
const SURROUNDINGS: Readonly<Record<string, string>> = {
  bpf: `declare const bpf: import("bcc-ts").Bpf<{
    maps: { counts: import("bcc-ts").HashMap<number, bigint>; slots: import("bcc-ts").ArrayMap<bigint>;
      stacks: import("bcc-ts").StackTraceMap; queue: import("bcc-ts").QueueMap<number>;
      slotsByPid: import("bcc-ts").HashMap<{ pid: number; slot: bigint }, bigint>;
      perCpu: import("bcc-ts").PerCpuHashMap<number, bigint>; perCpuSlots: import("bcc-ts").PerCpuArrayMap<bigint>;
      buildIds: import("bcc-ts").BuildIdStackMap; groups: import("bcc-ts").CgroupArray;
      counters: import("bcc-ts").PerfEventArray; socks: import("bcc-ts").DescriptorMap;
      perDay: import("bcc-ts").MapOfMaps<number, import("bcc-ts").HashMap<number, bigint>>;
      monday: import("bcc-ts").HashMap<number, bigint>; steps: import("bcc-ts").ProgramArray;
      seen: import("bcc-ts").SocketStorage<bigint>; writers: import("bcc-ts").InodeStorage<bigint>;
      started: import("bcc-ts").TaskStorage<bigint> };
    rings: { events: import("bcc-ts").RingBuffer<{ pid: number; comm: string }>;
      samples: import("bcc-ts").PerfBuffer<{ pid: number; comm: string }> };
  }>;`,
  text: "declare const text: string;",
  bytes: "declare const bytes: Uint8Array;",
  server: "declare const server: { readonly fd: number };",
  readFileSync: 'import { readFileSync } from "node:fs";',
};

const OPTIONS = {
  target: "es2022",
  module: "nodenext",
  lib: ["es2023", "esnext.disposable"],
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  noEmit: true,
};

/**
 * Checks the types of all examples in one run of tsc, each as a module of its own. They see what a user's program
 * sees: the package by its name, its types as they were compiled. An example in a document has to import what it
 * uses; one in a doc comment stands among the exports of the package and of its own file.
 */
export async function typeCheck(
  root: string,
  examples: readonly Example[],
  names: ApiNames,
): Promise<Complaint[]> {
  const parent = join(root, "dist", "test", "examples-check");
  mkdirSync(parent, { recursive: true });
  const directory = mkdtempSync(join(parent, "run-"));
  try {
    examples.forEach((example, index) => {
      writeFileSync(join(directory, `${index}.ts`), moduleOf(example, names, relative(directory, root)));
    });
    writeFileSync(
      join(directory, "tsconfig.json"),
      JSON.stringify({ compilerOptions: OPTIONS, include: ["*.ts"] }),
    );
    return complaints(await runCompiler(root, directory), examples);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The names that the package exports, and by source file those of that file. */
export interface ApiNames {
  readonly api: ReadonlySet<string>;
  exportsOf(file: string): readonly string[];
}

/** All that is put before the example stands on its first line, so lines are counted from the second. */
function moduleOf({ file, code }: Example, names: ApiNames, toRoot: string): string {
  const uses = (name: string) => new RegExp(`\\b${name}\\b`).test(code);
  const declares = (name: string) =>
    new RegExp(`\\b(?:const|let|using|class|function)\\s+${name}\\b|import[^;]*\\b${name}\\b[^;]*from`).test(
      code,
    );
  const wanted = (name: string) => uses(name) && !declares(name);
  const inComment = file.endsWith(".ts");
  const surroundings = Object.entries(SURROUNDINGS)
    .filter(([name]) => (inComment || name === "text") && wanted(name))
    .map(([, declaration]) => declaration.replace(/\s*\n\s*/g, " "));
  const ofApi = inComment ? [...names.api].filter(wanted) : [];
  const ofFile = inComment
    ? names.exportsOf(file).filter((name) => !names.api.has(name) && wanted(name))
    : [];
  const own = join(toRoot, "dist", file.replace(/\.ts$/, ".js"));
  const head = [
    ...surroundings,
    ...(ofApi.length > 0 ? [`import { ${ofApi.join(", ")} } from "bcc-ts";`] : []),
    ...(ofFile.length > 0 ? [`import { ${ofFile.join(", ")} } from "${own}";`] : []),
    "export {};",
  ];
  return `${head.join(" ")}\n${code}\n`;
}

function runCompiler(root: string, directory: string): Promise<string> {
  const tsc = join(root, "node_modules", ".bin", "tsc");
  return new Promise((resolve, reject) => {
    execFile(tsc, ["-p", directory, "--pretty", "false"], { cwd: directory }, (error, stdout, stderr) => {
      // A status of its own means that there are complaints, which are on stdout.
      if (error !== null && typeof error.code !== "number") reject(error);
      else if (error !== null && stdout === "") reject(new Error(`tsc failed: ${stderr}`));
      else resolve(stdout);
    });
  });
}

function complaints(output: string, examples: readonly Example[]): Complaint[] {
  const found: Complaint[] = [];
  for (const text of output.split("\n")) {
    const match = /^(\d+)\.ts\((\d+),\d+\): (error .*)$/.exec(text);
    if (match === null) {
      // What does not begin a complaint goes on with the one before; alone it is about the run itself.
      if (/^\s/.test(text) || text === "") continue;
      throw new Error(`tsc said: ${text}`);
    }
    const [, index, line, message = ""] = match;
    const example = examples[Number(index)] as Example;
    found.push({ file: example.file, line: example.line + Math.max(0, Number(line) - 2), message });
  }
  return found;
}
