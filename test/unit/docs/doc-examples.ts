/** An example of a document or a doc comment. */
export interface Example {
  /** Path from the package's directory. */
  readonly file: string;
  /** The line of the file on which the example's first line stands. */
  readonly line: number;
  readonly code: string;
}

/** The blocks of a Markdown text that are marked as TypeScript. */
export function markdownExamples(file: string, text: string): Example[] {
  const examples: Example[] = [];
  for (const match of text.matchAll(/^```(?:ts|typescript)\n([\s\S]*?)^```/gm)) {
    examples.push({ file, line: lineAt(text, match.index) + 1, code: match[1] ?? "" });
  }
  return examples;
}

/** What follows each `@example` of the doc comments of a TypeScript text, up to the next tag. */
export function commentExamples(file: string, text: string): Example[] {
  const examples: Example[] = [];
  for (const comment of text.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gm)) {
    const first = lineAt(text, comment.index);
    const lines = comment[0]
      .split("\n")
      .map((line) => line.replace(/^\s*(?:\/\*\*|\*(?!\/))? ?|\s*\*\/$/g, ""));
    lines.forEach((line, at) => {
      const tagged = /^@example(?: (.*))?$/.exec(line);
      if (tagged === null) return;
      const rest = lines.slice(at + 1);
      const end = rest.findIndex((each) => /^@\w+/.test(each));
      const following = end < 0 ? rest : rest.slice(0, end);
      const code = [tagged[1] ?? "", ...following].join("\n");
      examples.push({ file, line: first + at, code });
    });
  }
  return examples;
}

/** The literals that an example gives to load(), and the lines of the file on which they begin. */
export function programTexts({ line, code }: Example): { line: number; text: string }[] {
  return [...code.matchAll(/\bload(?:<[^(`]*>)?\(\s*`([^`]*)`/g)].map((match) => {
    const text = match[1] ?? "";
    const start = match.index + match[0].length - 1 - text.length;
    return { line: line + code.slice(0, start).split("\n").length - 1, text: text.replaceAll("\\\\", "\\") };
  });
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
