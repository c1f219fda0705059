/** What a room of src/ may import. Files that lie in src/ itself are rooms of their own name. */
export interface Room {
  readonly layer: number;
  readonly may: readonly string[];
  /** Rooms of which only types may be imported. */
  readonly types?: readonly string[];
  /** npm packages. Node's own modules are free for all but the rooms marked `pure`. */
  readonly packages?: readonly string[];
  readonly pure?: true;
}

const LANGUAGE: Room = { layer: 2, may: ["errors", "package-root", "source", "program", "btf", "facts"] };

/** docs/architecture.md says the same in words. */
export const ROOMS: Readonly<Record<string, Room>> = {
  errors: { layer: 0, may: [], pure: true },
  "package-root": { layer: 0, may: [] },
  source: { layer: 0, may: ["errors"], pure: true },
  program: { layer: 1, may: ["errors", "source"], pure: true },
  btf: { layer: 1, may: ["errors", "source"] },
  facts: { layer: 1, may: ["errors", "btf"] },
  ffi: { layer: 1, may: ["errors"], packages: ["ffi-napi", "ref-napi"] },
  infer: { layer: 1, may: [], pure: true },
  kernel: { layer: 2, may: ["errors", "ffi", "btf", "facts", "program"] },
  "languages/bcc": LANGUAGE,
  "languages/bpftrace": LANGUAGE,
  "languages/kprobe-events": LANGUAGE,
  "languages/systemtap": LANGUAGE,
  lowering: { layer: 2, may: ["errors", "package-root", "source", "program"] },
  compile: { layer: 3, may: ["errors", "program", "btf", "facts", "source"], packages: ["clang-wasm"] },
  values: { layer: 3, may: ["errors", "btf", "program"], pure: true },
  evaluation: { layer: 4, may: ["errors", "source", "program", "values"], pure: true },
  // A refused program is shown at the user's line: hence the line information and the diagnostics.
  load: { layer: 4, may: ["errors", "ffi", "kernel", "compile", "btf", "source"] },
  // Names that look like a mistyped target come from source/, which every room of layer 5 that has names may use.
  attach: { layer: 5, may: ["errors", "load", "kernel", "ffi", "source", "program", "btf"] },
  maps: { layer: 5, may: ["errors", "values", "ffi"], types: ["btf", "load"] },
  rings: { layer: 5, may: ["errors", "values", "ffi"], types: ["btf", "load"] },
  symbols: { layer: 5, may: ["errors", "kernel", "ffi", "btf"] },
  listing: { layer: 5, may: ["errors", "kernel", "btf", "facts"] },
  // Addresses and times in the middle of values are spelled as in output.
  scripts: {
    layer: 6,
    may: ["errors", "program", "values", "load", "maps", "symbols", "kernel", "ffi", "btf", "output"],
  },
  output: { layer: 6, may: ["errors"], types: ["values"], pure: true },
  usage: { layer: 6, may: ["errors"] },
  vm: { layer: 7, may: ["errors", "package-root"] },
  // `doctor` and `emit` show what the stages in between make, so the CLI sees more than the public API.
  cli: {
    layer: 8,
    may: [
      "errors",
      "package-root",
      "output",
      "vm",
      "top",
      "source",
      "program",
      "facts",
      "kernel",
      "languages/bcc",
      "compile",
      "listing",
      "scripts",
      "values",
    ],
    packages: ["commander", "esbuild"],
  },
};

/** The files that lie in src/ itself string the rooms together: they may import all below, and each other. */
export const TOP_LAYER = 7;
