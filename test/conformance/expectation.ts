import { isDeepStrictEqual } from "node:util";
import type { Expectation } from "./conformance-case.ts";

/** What is wrong with an output, in one line; undefined when the expectation is met. */
export function unmet(expectation: Expectation, output: string): string | undefined {
  const { mode, text } = expectation;
  switch (mode) {
    case "line":
      return wholeLines(text).test(output) ? undefined : `no line ${JSON.stringify(text)}`;
    case "no_line":
      return wholeLines(text).test(output) ? `a line ${JSON.stringify(text)}` : undefined;
    case "regex":
      return new RegExp(text, "m").test(output) ? undefined : `nothing matches /${text}/`;
    case "no_regex":
      return new RegExp(text, "m").test(output) ? `something matches /${text}/` : undefined;
    case "file":
      return output.includes(localHour(contentOf(expectation)).trim())
        ? undefined
        : `it is not as in ${text}`;
    case "json":
      return jsonProblem(expectation, output);
  }
}

/** Blanks at the ends do not count; a text may be several lines. */
function wholeLines(text: string): RegExp {
  const literal = text.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^\\s*${literal}\\s*$`, "m");
}

function contentOf({ content, text }: Expectation): string {
  if (content === undefined) throw new Error(`the case has not the content of ${text}`);
  return content;
}

/** Files with times at 1970 have %H where the hour depends on the time zone. */
function localHour(text: string): string {
  return text.replaceAll("%H", String(new Date(0).getHours()).padStart(2, "0"));
}

function jsonProblem(expectation: Expectation, output: string): string | undefined {
  const content = contentOf(expectation);
  const byLine = expectation.text.endsWith(".ndjson");
  const split = (text: string) => (byLine ? text.trim().split("\n") : [text]);
  try {
    const found = split(output).map((part) => JSON.parse(part) as unknown);
    const wanted = split(content).map((part) => JSON.parse(part) as unknown);
    return isDeepStrictEqual(found, wanted) ? undefined : `another value than in ${expectation.text}`;
  } catch (error) {
    return `no JSON: ${(error as Error).message}`;
  }
}
