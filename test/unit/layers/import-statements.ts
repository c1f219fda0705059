/** One import of a module, as a source file states it. */
export interface Import {
  readonly specifier: string;
  /** True when nothing of it is left at run time. */
  readonly typeOnly: boolean;
}

const STATIC =
  /^[ \t]*(?:import|export)\s+(?<type>type\s+)?(?<what>[^;"'`]*?)\s*from\s*["'](?<from>[^"']+)["']/gm;
const BARE = /^[ \t]*import\s*["'](?<from>[^"']+)["']/gm;
const CALLED = /\b(?:import|require|require\.resolve)\(\s*["'](?<from>[^"']+)["']\s*\)/g;

/** The imports, re-exports and requires of a TypeScript text, those in comments left out. */
export function importsOf(text: string): Import[] {
  const code = withoutComments(text);
  const found: Import[] = [];
  for (const { groups = {} } of code.matchAll(STATIC)) {
    const typeOnly = groups.type !== undefined || onlyTypes(groups.what ?? "");
    found.push({ specifier: groups.from ?? "", typeOnly });
  }
  for (const pattern of [BARE, CALLED]) {
    for (const { groups = {} } of code.matchAll(pattern)) {
      found.push({ specifier: groups.from ?? "", typeOnly: false });
    }
  }
  return found;
}

/** True for `{ type A, type B }`: each name is marked. */
function onlyTypes(clause: string): boolean {
  const names = /^\{(?<names>[^}]*)\}$/.exec(clause.trim())?.groups?.names;
  if (names === undefined) return false;
  const parts = names.split(",").map((name) => name.trim());
  return parts.filter((name) => name !== "").every((name) => name.startsWith("type "));
}

// Strings are matched first, so that a comment mark in one is not taken for a comment.
const COMMENT_OR_STRING =
  /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;

function withoutComments(text: string): string {
  return text.replace(COMMENT_OR_STRING, (match) => {
    if (match.startsWith("/")) return " ";
    // A template literal may hold a whole program with imports of its own.
    return match.startsWith("`") ? "``" : match;
  });
}
