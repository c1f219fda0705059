import { columns } from "./columns.ts";

/** A column: its title, how its values are printed, and whether it is shown; it is unless told. */
export type Column = readonly [title: string, format: string, shown?: boolean];

/** Lines of a table whose columns are said once. */
export interface Table<Name extends string> {
  readonly header: string;
  /** The line of some values; those of columns that are not shown may be anything. */
  row(values: Readonly<Record<Name, unknown>>): string;
}

/**
 * A table as tools print it, line by line, in the order of the columns. Each format has one conversion, and the
 * blanks between columns.
 *
 * @example
 * const { header, row } = table({ ts: ["TIME(s)", "%-9.3f", false], pid: ["PID", "%-7d"], comm: ["COMM", "%s"] });
 * console.log(header);
 * for await (const { pid, comm } of bpf.rings.events) console.log(row({ ts: 0, pid, comm }));
 */
export function table<const C extends Readonly<Record<string, Column>>>(layout: C): Table<keyof C & string> {
  const shown = Object.entries<Column>(layout).filter(([, [, , wanted = true]]) => wanted);
  // A title takes its column's width, but no precision.
  const title = ([text, format]: Column) =>
    columns(format.replace(/%(-?)0*(\d*)(?:\.\d+)?[a-z]/i, "%$1$2s"), text);
  return {
    header: shown.map(([, column]) => title(column)).join(""),
    row: (values) =>
      shown.map(([name, [, format]]) => columns(format, values[name as keyof C & string])).join(""),
  };
}
