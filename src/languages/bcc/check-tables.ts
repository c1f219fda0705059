import { similarNames } from "../../source/similar-names.ts";
import type { Table } from "./find-tables.ts";
import { canonicalType, children } from "./syntax-tree.ts";
import { TABLE_KINDS } from "./table-kinds.ts";
import type { TranslationUnit } from "./translation-unit.ts";

/** Reports what is wrong with the tables as such. */
export function checkTables(unit: TranslationUnit): void {
  for (const table of unit.tables) {
    if (!TABLE_KINDS.has(table.kind)) unknownKind(unit, table);
    else if (table.kind === "histogram") checkHistogram(unit, table);
    if (table.inner !== undefined) checkInner(unit, table, table.inner);
    for (const part of ["key", "leaf"]) checkSize(unit, table, part);
  }
}

function unknownKind(unit: TranslationUnit, { node, kind }: Table): void {
  const similar = similarNames(kind, TABLE_KINDS.keys(), 1)[0];
  const hint = similar === undefined ? undefined : `Did you mean "${similar}"?`;
  unit.report("error", "TABLE_KIND", `unsupported kind of table '${kind}'`, node, hint);
}

function checkHistogram(unit: TranslationUnit, { node, name }: Table): void {
  const leaf = unit.tableField(name, "leaf");
  if (leaf === undefined || canonicalType(leaf) === "unsigned long long") return;
  unit.report("error", "TABLE_TYPE", `a histogram counts in u64, and not in ${leaf.type?.qualType}`, node);
}

function checkInner(unit: TranslationUnit, { node, name }: Table, inner: string): void {
  const declared = unit.tables.map((table) => table.name);
  const at = declared.indexOf(inner);
  if (at >= 0 && at < declared.indexOf(name)) return;
  const message =
    at < 0 ? `there is no table '${inner}' to be in ${name}` : `the table ${inner} must stand before ${name}`;
  const similar = at < 0 ? similarNames(inner, declared, 1)[0] : undefined;
  const hint = similar === undefined ? undefined : `Did you mean "${similar}"?`;
  unit.report("error", "TABLE_INNER", message, node, hint);
}

function checkSize(unit: TranslationUnit, { node, name }: Table, part: string): void {
  const type = unit.tableField(name, part)?.type;
  const tag = /^(?:struct|union) (\w+)$/.exec(type?.desugaredQualType ?? type?.qualType ?? "")?.[1];
  const record = tag === undefined ? undefined : unit.record(tag);
  if (record === undefined || children(record).some((child) => child.kind === "FieldDecl")) return;
  const what = part === "leaf" ? "values" : "keys";
  unit.report("error", "TABLE_TYPE", `the ${what} of ${name} have no size: ${type?.qualType} is empty`, node);
}

/** What the definitions of the tables need to know of them: their numbers, and the maps that are in maps. */
export function tableDefines(unit: TranslationUnit): string {
  const lines = unit.tables.flatMap(({ name, inner }) => [
    `#define BCC_TS_TYPE_${name} ${unit.mapType(name)}`,
    `#define BCC_TS_INNER_${name} ${inner === undefined ? "" : `__typeof__(${inner}) *values[];`}`,
  ]);
  return lines.join("\n");
}
