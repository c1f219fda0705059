/** bcc's reads, the innermost first: what stands between these is the address. */
const OF_BCC =
  /\(\{ typeof\([^;]*\) _val; __builtin_memset\(&_val, 0, sizeof\(_val\)\); bpf_probe_read(?:_kernel)?\(&_val, sizeof\(_val\), \(void \*\)((?:(?!\(\{ typeof)[\s\S])*?)\); _val; \}\)/;

/** The places in kernel memory that bcc's text reads, in one spelling, sorted. */
export function readsOfBcc(text: string): string[] {
  const places: string[] = [];
  let rest = text;
  for (let match = OF_BCC.exec(rest); match !== null; match = OF_BCC.exec(rest)) {
    const address = (match[1] ?? "").trim();
    const place = address.startsWith("&") ? address.slice(1) : `*(${address})`;
    places.push(place);
    rest = rest.slice(0, match.index) + place + rest.slice(match.index + match[0].length);
  }
  return places.map(normal).sort();
}

/** The same of the text that is made here. */
export function readsOfOurs(code: string): string[] {
  const places: string[] = [];
  let rest = code;
  for (let at = lastRead(rest); at !== undefined; at = lastRead(rest)) {
    const place = rest.slice(at.inner, at.end - 1).trim();
    places.push(place);
    rest = rest.slice(0, at.start) + place + rest.slice(at.end);
  }
  return places.map(normal).sort();
}

/** The last read has none within it. */
function lastRead(text: string): { start: number; inner: number; end: number } | undefined {
  // A part of what was copied together is a read of its own.
  const all = [...text.matchAll(/\bbcc_ts_read\(|\bbcc_ts_part\(\w+, \d+, /g)];
  const last = all.at(-1);
  if (last === undefined) return undefined;
  const inner = last.index + last[0].length;
  let depth = 1;
  let end = inner;
  for (; end < text.length && depth > 0; end++) {
    if (text[end] === "(") depth++;
    if (text[end] === ")") depth--;
  }
  return { start: last.index, inner, end };
}

/** Without spaces and parentheses; a[i] as *a+i. */
function normal(place: string): string {
  const bare = place.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "").replace(/\s+/g, "");
  const subscript = /^(.*)\[([^[\]]*)\]$/.exec(bare);
  const text = subscript === null ? bare : `*${subscript[1]}+${subscript[2]}`;
  return text.replace(/[()]/g, "").replace(/^\*&/, "");
}

/** What one list has and the other does not, each as often. */
export function missingFrom(list: readonly string[], other: readonly string[]): string[] {
  const left = [...other];
  return list.filter((item) => {
    const at = left.indexOf(item);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
