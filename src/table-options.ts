import { LoadError } from "./errors.ts";
import type { MapOptions } from "./load/load-options.ts";
import { publicTable, publicTables } from "./load/public-tables.ts";
import type { TableDeclaration } from "./program/program.ts";
import { similarNames } from "./source/similar-names.ts";

/** How the tables of a text are loaded: which are pinned, and which another program of this process has already. */
export function tableOptions(
  tables: readonly TableDeclaration[],
  maxEntries: Readonly<Record<string, number>>,
): Record<string, MapOptions> {
  const options: Record<string, MapOptions> = Object.fromEntries(
    Object.entries(maxEntries).map(([name, entries]) => [name, { maxEntries: entries }]),
  );
  for (const { name, kind, share, pin } of tables) {
    const shared = kind === "extern" || share === "shared" ? publicTable(name) : undefined;
    if (kind === "extern" && shared === undefined) throw noSuchTable(name);
    const reuse = shared === undefined ? undefined : { fd: shared, sameKind: kind !== "extern" };
    if (reuse !== undefined || pin !== undefined) {
      options[name] = { ...options[name], ...(pin !== undefined && { pin }), ...(reuse && { reuse }) };
    }
  }
  return options;
}

function noSuchTable(name: string): LoadError {
  const similar = similarNames(name, publicTables(), 1)[0];
  const hint =
    similar === undefined
      ? `Load the program that declares it first, with BPF_TABLE_PUBLIC(..., ${name}, ...), and keep it open.`
      : `Did you mean ${similar}?`;
  return new LoadError(`no open program of this process has a public table ${name}`, { hint });
}
