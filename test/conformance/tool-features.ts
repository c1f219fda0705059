import { spawnSync } from "node:child_process";

/** Cases name some features otherwise than --info does. */
const OTHER_NAMES: Readonly<Record<string, string>> = { loop: "loop support", iter: "iterator support" };

/** What a tool says of a feature; undefined when it says nothing. */
export type Features = (name: string) => boolean | undefined;

/** Asks a tool for its --info once. */
export function toolFeatures(tool: string): Features {
  const { stdout, stderr } = spawnSync(tool, ["--info"], { encoding: "utf8", timeout: 60_000 });
  return readFeatures(`${stdout ?? ""}${stderr ?? ""}`);
}

/** Reads lines such as `btf: yes`, `Loop support: yes` and `kprobe_multi (depends on Build:x): no`. */
export function readFeatures(info: string): Features {
  const said = new Map<string, boolean>();
  for (const [, name = "", answer] of info.matchAll(/^[ \t]*([\w.: ]*?\w)(?: \([^)]*\))?: *(yes|no)\b/gm)) {
    said.set(name.toLowerCase(), answer === "yes");
  }
  return (name) =>
    said.get(name) ??
    said.get(OTHER_NAMES[name] ?? "") ??
    (name === "iter" ? said.get("iter:task") : undefined);
}
