import { blankCommentsAndLiterals } from "./blank-text.ts";
import { identifiersOf } from "./definitions.ts";
import { findTracepoints, type TracepointName } from "./find-tracepoints.ts";

/** What can be told of a program before any compiler has read it. */
export interface Prescan {
  /** Every identifier, in whatever role. */
  readonly identifiers: ReadonlySet<string>;
  readonly defined: {
    readonly tags: ReadonlySet<string>;
    readonly ordinary: ReadonlySet<string>;
    readonly macros: ReadonlySet<string>;
    /** Members and local variables that plainly follow a type; not all of them. */
    readonly members: ReadonlySet<string>;
  };
  /** As they stand between <> or "". */
  readonly headers: ReadonlySet<string>;
  readonly tracepoints: readonly TracepointName[];
  /** Tags that it names, its own too. */
  readonly usedTags: ReadonlySet<string>;
}

export function prescan(text: string): Prescan {
  const bare = blankCommentsAndLiterals(text);
  const headers = new Set<string>();
  for (const match of text.matchAll(/^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"]/gm)) {
    headers.add(match[1] ?? "");
  }
  return {
    identifiers: union(identifiersOf(bare), iteratorContexts(bare)),
    defined: {
      tags: tags(bare),
      ordinary: ordinaryNames(bare),
      macros: macros(bare),
      members: members(bare),
    },
    headers,
    tracepoints: findTracepoints(bare),
    usedTags: allMatches(bare, /\b(?:struct|union|enum)\s+(\w+)/g),
  };
}

/** The same with macros that are defined elsewhere. */
export function withMacros(scan: Prescan, names: ReadonlySet<string>): Prescan {
  if (names.size === 0) return scan;
  return { ...scan, defined: { ...scan.defined, macros: new Set([...scan.defined.macros, ...names]) } };
}

/** What two states of one text say together. */
export function mergeScans(a: Prescan, b: Prescan): Prescan {
  return {
    identifiers: union(a.identifiers, b.identifiers),
    defined: {
      tags: union(a.defined.tags, b.defined.tags),
      ordinary: union(a.defined.ordinary, b.defined.ordinary),
      macros: union(a.defined.macros, b.defined.macros),
      members: union(a.defined.members, b.defined.members),
    },
    headers: union(a.headers, b.headers),
    tracepoints: a.tracepoints,
    usedTags: union(a.usedTags, b.usedTags),
  };
}

/** The struct that BPF_ITER(target) names, which does not stand in the text. */
function iteratorContexts(bare: string): string[] {
  const targets = allMatches(bare, /\bBPF_ITER\s*\(\s*(\w+)\s*\)/g);
  return [...targets].map((target) => `bpf_iter__${target}`);
}

function union(a: Iterable<string>, b: Iterable<string>): Set<string> {
  return new Set([...a, ...b]);
}

function allMatches(text: string, pattern: RegExp): Set<string> {
  return new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ""));
}

function tags(bare: string): Set<string> {
  return allMatches(
    bare,
    /\b(?:struct|union|enum)\s+(?:__attribute__\s*\(\(.*?\)\)\s*|__packed\s+)*(\w+)\s*\{/g,
  );
}

function macros(bare: string): Set<string> {
  return allMatches(bare, /^[ \t]*#[ \t]*define[ \t]+(\w+)/gm);
}

const TYPE_WORD =
  "(?:u|s|__u|__s)(?:8|16|32|64)|u?int(?:8|16|32|64)_t|char|short|int|long|unsigned|bool|(?:struct|union|enum)\\s+\\w+";

/** `u64 READ;`, `char *EIO[2]`, `int PAGE_SIZE = 5`. */
function members(bare: string): Set<string> {
  return allMatches(bare, new RegExp(`\\b(?:${TYPE_WORD})[\\s*]+([A-Za-z]\\w*)\\s*(?=[;=[:,)])`, "g"));
}

/** Typedef names, enumerators, variables, tables and functions with a body. Over-approximates: a struct is entered, too. */
function ordinaryNames(bare: string): Set<string> {
  // A function's name follows a type; a macro that begins one, as TRACEPOINT_PROBE does, does not.
  const code = bare.replace(/^[ \t]*#(?:\\\n|[^\n])*/gm, "");
  const names = allMatches(code, /[\w*][\s*]+(\w+)\s*\([^;{}()]*(?:\([^()]*\)[^;{}()]*)*\)\s*\{/g);
  for (const match of bare.matchAll(/\benum\b[^;{}()]*\{([^}]*)\}/g)) {
    for (const item of (match[1] ?? "").split(",")) {
      const name = /^\s*(\w+)/.exec(item)?.[1];
      if (name !== undefined) names.add(name);
    }
  }
  for (const name of [...globalVariables(code), ...tableNames(code)]) names.add(name);
  for (const match of bare.matchAll(/\btypedef\b/g)) {
    for (const name of typedefNames(bare, match.index + "typedef".length)) names.add(name);
  }
  return names;
}

/** `static u64 a, *b[2] = {…};` outside of all braces; of several, the first: the others need a type before them. */
function globalVariables(code: string): string[] {
  let outside = code;
  for (let inner = ""; inner !== outside; ) {
    inner = outside;
    // A function's body ends what it belongs to, a variable's value does not. What follows the body of a struct
    // may be an attribute's macro: nothing is said of it.
    outside = inner
      .replace(/=\s*\{[^{}]*\}/g, "=")
      .replace(/\b(?:struct|union|enum)\b[^(){};=]*\{[^{}]*\}/g, "@")
      .replace(/\{[^{}]*\}/g, ";");
  }
  return outside.split(";").flatMap((declaration) => {
    if (/^\s*(?:typedef\b|(?:struct|union|enum)\s+\w+\s*$)/.test(declaration)) return [];
    return /^\s*(?:\w+[\s*]+)+(\w+)\s*(?:\[[^\]]*\]\s*)*(?:=|$)/.exec(declaration)?.[1] ?? [];
  });
}

/** The name is a macro's first argument; the macros for any kind of table have the kind, and most the types before it. */
function tableNames(code: string): string[] {
  return [...code.matchAll(/\bBPF_(\w+)\s*\(([^;(){}]*)/g)].flatMap(([, macro = "", given = ""]) => {
    const at = /^(?:F_)?TABLE/.test(macro) ? 3 : macro === "QUEUESTACK" ? 1 : 0;
    return /^\s*(\w+)\s*$/.exec(given.split(",")[at] ?? "")?.[1] ?? [];
  });
}

/** The declarators of a typedef: what stands between its type's closing brace, if any, and the semicolon. */
function typedefNames(bare: string, from: number): string[] {
  let depth = 0;
  let start = from;
  for (let i = from; i < bare.length; i++) {
    if (bare[i] === "{") depth++;
    else if (bare[i] === "}") {
      depth--;
      start = i + 1;
    } else if (bare[i] === ";" && depth === 0) {
      const declarators = bare.slice(start, i).replace(/\[[^\]]*\]|__attribute__\s*\(\(.*?\)\)/g, "");
      const functionPointer = /\(\s*\*\s*(\w+)\s*\)/.exec(declarators)?.[1];
      if (functionPointer !== undefined) return [functionPointer];
      return declarators.split(",").flatMap((part) => /(\w+)\s*$/.exec(part)?.[1] ?? []);
    }
  }
  return [];
}
