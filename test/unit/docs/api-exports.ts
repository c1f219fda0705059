/** One export of the package. */
export interface PublicExport {
  readonly name: string;
  /** The source file that declares it, from src/. */
  readonly file: string;
}

/** What src/index.ts, which only re-exports, gives to the package's users. */
export function publicExports(index: string): PublicExport[] {
  return [...index.matchAll(/^export (?:type )?\{([^}]*)\} from "\.\/([^"]+)";$/gm)].flatMap(
    ([, names = "", file = ""]) =>
      names
        .split(",")
        .map((name) => name.trim().replace(/^type /, ""))
        .filter((name) => name !== "")
        .map((name) => ({ name, file })),
  );
}

const DECLARATION =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:class|function\*?|const|type|interface) (\w+)/gm;

/** The names that a source file or a declaration file declares and exports. */
export function exportedNames(text: string): string[] {
  return [...new Set([...text.matchAll(DECLARATION)].map((match) => match[1] ?? ""))];
}
