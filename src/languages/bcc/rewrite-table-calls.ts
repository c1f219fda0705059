import { asTableCall, type TableCall, type TranslationUnit } from "./translation-unit.ts";

/** `table.method(a, b)` becomes `bcc_ts_method(table, (a), (b))`, a macro of the table library. */
export function rewriteTableCalls(unit: TranslationUnit): void {
  unit.visitBodies((node) => {
    const call = asTableCall(node);
    if (call) rewrite(unit, call);
    return true;
  });
}

function rewrite(unit: TranslationUnit, { call, table, method, arguments: values }: TableCall): void {
  const span = unit.editable(call);
  const places = values.map((value) => unit.editable(value));
  if (span === undefined || places.includes(undefined)) return;
  const first = places[0];
  // Parentheses keep the commas of a compound literal together when the macro takes its arguments apart.
  for (const place of places) if (place !== undefined) unit.edits.wrap(place.start, place.end, "(", ")");
  const separator = first === undefined ? "" : ", ";
  unit.edits.replace(span.start, first?.start ?? span.end - 1, `bcc_ts_${method}(${table}${separator}`);
}
