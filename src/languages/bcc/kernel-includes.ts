import type { Diagnostic } from "../../source/diagnostic.ts";
import type { SourceText } from "../../source/source-text.ts";
import { blankCommentsAndLiterals } from "./blank-text.ts";

/** Headers of the kernel, of bcc and of libbpf, which some programs include with quotation marks. */
const OF_THE_KERNEL =
  /^(?:(?:uapi|linux|net|asm|asm-generic|bcc|bpf|trace|scsi|rdma|sound|crypto|drm|generated|video|media|target|xen|kvm|acpi|block|fs|kernel|mm|drivers|include|arch|selinux)\/.*|(?:vmlinux|bpf_\w+)\.h)$/;

/** `#include "mine.h"` where no such file is. */
export function refuseMissingHeaders(
  source: SourceText,
  readHeader: (name: string) => string | undefined,
): Diagnostic[] {
  const bare = blankCommentsAndLiterals(source.text);
  return [...source.text.matchAll(/^([ \t]*#[ \t]*include[ \t]*)"([^"\n]+)"/gm)].flatMap((match) => {
    const [whole, directive = "", name = ""] = match;
    const isComment = bare.slice(match.index, match.index + directive.length) !== directive;
    if (isComment || OF_THE_KERNEL.test(name) || readHeader(name) !== undefined) return [];
    const span = { start: match.index + directive.length, end: match.index + whole.length };
    const hint =
      "The option directory of load() says where it lies, or -I; bcc-ts run looks beside the file.";
    return [
      { severity: "error", code: "NO_HEADER", message: `there is no header ${name}`, source, span, hint },
    ];
  });
}

/**
 * The text with the lines that include kernel headers blanked, as everything in them comes from BTF and our
 * own definitions. The user's own headers stay.
 */
export function withoutKernelIncludes(
  text: string,
  readHeader: (name: string) => string | undefined,
): string {
  return text.replace(
    /^([ \t]*#[ \t]*include[ \t]*)(?:<([^>\n]+)>|"([^"\n]+)")[^\n]*/gm,
    (line: string, _directive: string, _system: string | undefined, local: string | undefined) =>
      local !== undefined && readHeader(local) !== undefined ? line : line.replace(/[^\n\r]/g, " "),
  );
}
