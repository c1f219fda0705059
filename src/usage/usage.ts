import { BpfError } from "../errors.ts";
import type { OptionsOf } from "./option-types.ts";
import { readWords } from "./read-words.ts";

/**
 * The options of a script, from the text that its `--help` shows. A line declares `-p, --pid <number>` or, for a
 * word that is taken by its place, `interval <number>`; what follows two blanks explains it. The values are
 * `<number>`, `<numbers>` (with commas), `<text>`, `<texts>` (given several times) and `<user>` (a name or id);
 * an option without one is a switch. Words in brackets in the first line may be left out. Names become camel case.
 *
 * `--help` prints the text and ends the process; a wrong command line ends it with status 2 and the reason on
 * stderr. Throws BpfError "USAGE_TEXT" for a text with another kind of value.
 *
 * @example
 * const { pid, failed, interval } = usage(`opens [options] [interval]
 *   -p, --pid <number>  of this process only
 *   -x, --failed        only those that failed
 *   interval <number>   seconds`); // number | undefined, boolean, number | undefined
 */
export function usage<const Text extends string>(
  text: Text,
  words: readonly string[] = process.argv.slice(2),
): OptionsOf<Text> {
  if (words.includes("-h") || words.includes("--help")) {
    process.stdout.write(`Usage: ${text.trimEnd()}\n  -h, --help  this text\n`);
    process.exit(0);
  }
  try {
    return readWords(text, words) as OptionsOf<Text>;
  } catch (error) {
    if (!BpfError.is(error) || error.code !== "USAGE") throw error;
    process.stderr.write(`${error.message}\n(--help shows the options)\n`);
    process.exit(2);
  }
}
