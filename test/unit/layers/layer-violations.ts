import { posix } from "node:path";
import { type Import, importsOf } from "./import-statements.ts";
import { ROOMS, type Room, TOP_LAYER } from "./layer-table.ts";

/** Source texts by their paths, which begin with `src/`. */
export type Sources = ReadonlyMap<string, string>;

/** What is wrong with the imports of the sources, one sentence each. */
export function layerViolations(sources: Sources): string[] {
  return [...sources].flatMap(([file, text]) =>
    importsOf(text).flatMap((each) => {
      const problem = violation(file, each);
      return problem === undefined ? [] : [`${file} imports ${each.specifier}: ${problem}`];
    }),
  );
}

function violation(file: string, { specifier, typeOnly }: Import): string | undefined {
  const name = roomOf(file);
  const room = roomNamed(name);
  if (room === undefined) return `the table has no room ${name}`;
  if (specifier.startsWith("node:")) return room.pure ? `${name} is pure` : undefined;
  if (!specifier.startsWith(".")) return packageViolation(name, room, specifier);
  const target = targetOf(file, specifier);
  if (!target.startsWith("src/")) return "it lies outside of src";
  const other = roomOf(target);
  if (other === name || room.may.includes(other)) return undefined;
  if (typeOnly && room.types?.includes(other)) return undefined;
  return `${name} may not import ${room.types?.includes(other) ? `more than types of ${other}` : other}`;
}

function packageViolation(name: string, room: Room, specifier: string): string | undefined {
  const parts = specifier.split("/");
  const packageName = specifier.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0];
  return room.packages?.includes(packageName ?? "") ? undefined : `${name} may not use that package`;
}

function roomNamed(name: string): Room | undefined {
  if (name !== "top") return ROOMS[name];
  const below = Object.entries(ROOMS).filter(([, room]) => room.layer < TOP_LAYER);
  return { layer: TOP_LAYER, may: below.map(([other]) => other) };
}

/** `errors`, `btf`, `languages/bcc`; `top` for the files of src/ itself. */
export function roomOf(file: string): string {
  if (file === "src/errors.ts") return "errors";
  if (file === "src/package-root.ts") return "package-root";
  const parts = file.split("/");
  if (parts.length === 2) return "top";
  return parts[1] === "languages" ? `languages/${parts[2]}` : (parts[1] ?? "");
}

function targetOf(file: string, specifier: string): string {
  return posix.join(posix.dirname(file), specifier);
}

/** The groups of files that import each other in a ring, imports of types counted too. */
export function importCycles(sources: Sources): string[][] {
  const edges = new Map(
    [...sources].map(([file, text]) => [
      file,
      importsOf(text)
        .filter((each) => each.specifier.startsWith("."))
        .map((each) => targetOf(file, each.specifier)),
    ]),
  );
  const cycles: string[][] = [];
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const at = path.indexOf(file);
    if (at >= 0) cycles.push([...path.slice(at), file]);
    if (at >= 0 || finished.has(file)) return;
    path.push(file);
    for (const next of edges.get(file) ?? []) visit(next);
    path.pop();
    finished.add(file);
  };
  for (const file of edges.keys()) visit(file);
  return cycles;
}
