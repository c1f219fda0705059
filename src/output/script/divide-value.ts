import type { ScriptValue } from "../../values/script-value.ts";

/** A value as `print(@map, top, divisor)` shows it: numbers are divided, and what histograms counted. */
export function divideValue(value: ScriptValue, divisor: number | undefined): ScriptValue {
  if (divisor === undefined || divisor <= 1) return value;
  const by = BigInt(divisor);
  switch (value.kind) {
    case "integer":
    case "count":
    case "sum":
    case "min":
    case "max":
      return { ...value, value: value.value / by };
    case "avg":
    case "stats":
      return { ...value, total: value.total / by };
    case "hist":
    case "lhist":
      return { ...value, counts: value.counts.map((count) => count / by) };
    default:
      return value;
  }
}
