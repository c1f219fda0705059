export interface TracepointName {
  readonly category: string;
  readonly event: string;
}

/** The tracepoints whose records a text without comments names. */
export function findTracepoints(bare: string): TracepointName[] {
  const found = new Map<string, TracepointName>();
  for (const match of bare.matchAll(/\bTRACEPOINT_PROBE\s*\(\s*(\w+)\s*,\s*(\w+)\s*\)/g)) {
    add(match[1] ?? "", match[2] ?? "");
  }
  // A struct name is split at its first and its last double underscore, as bcc does.
  for (const match of bare.matchAll(/\bstruct\s+tracepoint__(\w+?)__(\w+)\b/g)) {
    const name = `${match[1]}__${match[2]}`;
    const last = name.lastIndexOf("__");
    add(name.slice(0, last), name.slice(last + 2));
  }
  return [...found.values()];

  function add(category: string, event: string): void {
    found.set(`${category}:${event}`, { category, event });
  }
}
