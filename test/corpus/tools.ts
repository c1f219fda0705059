import { closeSync, openSync, readdirSync, readSync } from "node:fs";
import { basename, join } from "node:path";
import { ARGUMENTS, WITHOUT_TEXT } from "./arguments.ts";

const TOOLS = "/usr/sbin";
const EXAMPLES = "/usr/share/doc/bpfcc-tools/examples";
/** The ones that Debian installs without its suffix. */
const LANGUAGE_TOOLS = ["ucalls", "uflow", "ugc", "uobjnew", "ustat", "uthreads"];

/** One run of one of bcc's tools. */
export interface ToolRun {
  /** The tool and its words, as one says it: "opensnoop -x". */
  readonly name: string;
  readonly tool: string;
  readonly path: string;
  readonly arguments: readonly string[];
  /** Whether the tool is told that the kernel has fentry. */
  readonly kfunc: boolean;
}

/** Every installed tool with each of its argument vectors, and the examples that come with them. */
export function toolRuns(): ToolRun[] {
  return [...tools(), ...examples()];
}

function tools(): ToolRun[] {
  const installed = readdirSync(TOOLS)
    .filter((name) => name.endsWith("-bpfcc") || LANGUAGE_TOOLS.includes(name))
    .map((file) => ({ tool: file.replace(/-bpfcc$/, ""), path: join(TOOLS, file) }))
    .filter(({ tool, path }) => !WITHOUT_TEXT.includes(tool) && isPython(path));
  return installed.flatMap(({ tool, path }) =>
    (ARGUMENTS[tool] ?? [""]).flatMap((words) => {
      const run = { tool, path, arguments: split(words), name: `${tool} ${words}`.trim() };
      const plain = { ...run, kfunc: false };
      return asksForFentry(path) ? [plain, { ...run, kfunc: true, name: `${run.name} (fentry)` }] : [plain];
    }),
  );
}

function examples(): ToolRun[] {
  let files: string[] = [];
  try {
    files = (readdirSync(EXAMPLES, { recursive: true }) as string[]).filter((name) => name.endsWith(".py"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  // The networking ones set up interfaces before they hand over their texts.
  return files
    .filter((name) => !name.startsWith("networking/"))
    .sort()
    .map((name) => {
      const tool = `examples/${basename(name, ".py")}`;
      return {
        tool,
        name: tool,
        path: join(EXAMPLES, name),
        arguments: EXAMPLE_ARGUMENTS[tool] ?? [],
        kfunc: false,
      };
    });
}

const EXAMPLE_ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  "examples/mallocstacks": ["1"],
  "examples/mysqld_query": ["1"],
  "examples/nodejs_http_server": ["1"],
  "examples/stacksnoop": ["vfs_read"],
  "examples/strlen_hist_ifunc": ["1"],
  "examples/strlen_snoop": ["1"],
  "examples/undump": ["-p", "1"],
};

/** Words parted by spaces; "..." and what parentheses hold stay together, and an option's value may have spaces. */
function split(words: string): string[] {
  if (/^-[CH] /.test(words)) return [words.slice(0, 2), words.slice(3)];
  const [, mode, injection] = /^(\w+ -[vP](?: [\d.]+)?) (\w+\(.*)$/.exec(words) ?? [];
  if (mode !== undefined) return [...mode.split(" "), injection ?? ""];
  const options = /^((?:-{1,2}[\w-]+(?: (?:\d+|\/\S+|linux\/\S+))? )*)(\S*[:(].*|\w+ .*".*)$/.exec(words);
  if (options !== null && words.includes('"')) {
    return [...(options[1] ?? "").split(" ").filter((word) => word !== ""), options[2] ?? ""];
  }
  return words.split(" ").filter((word) => word !== "");
}

function isPython(path: string): boolean {
  return /^#!.*python/.test(beginning(path, 100));
}

function asksForFentry(path: string): boolean {
  return beginning(path, 1 << 20).includes("support_kfunc");
}

function beginning(path: string, length: number): string {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(length);
    return bytes.toString("latin1", 0, readSync(file, bytes, 0, length, 0));
  } finally {
    closeSync(file);
  }
}
