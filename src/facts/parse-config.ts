/**
 * Reads a kernel's .config: options without "CONFIG_" and their values: "y", "m", a number as it is written,
 * a string without its quotes. Options that are not set are undefined, as those that are not there.
 */
export function parseConfig(text: string): Map<string, string> {
  const options = new Map<string, string>();
  for (const line of text.split("\n")) {
    const match = /^CONFIG_(\w+)=(.*?)\s*$/.exec(line);
    if (match === null) continue;
    const [, name = "", value = ""] = match;
    if (value === "n") continue;
    options.set(name, value.startsWith('"') ? unquote(value) : value);
  }
  return options;
}

/** An option's name as the tables here have it: "NET_NS" for "CONFIG_NET_NS" too. */
export function optionName(option: string): string {
  return option.startsWith("CONFIG_") ? option.slice("CONFIG_".length) : option;
}

function unquote(value: string): string {
  const inner = value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value.slice(1);
  return inner.replace(/\\(.)/g, "$1");
}
