import type { AggregateValue } from "../../values/script-value.ts";
import { strftime } from "../strftime.ts";

export type TimeSeriesValue = Extract<AggregateValue, { kind: "tseries" }>;

const WIDTH = 53;
const MIN_WIDTH = 21;

/** A chart with a line for each interval, the oldest first. */
export function timeSeriesChart({ points, intervalNs, signed }: TimeSeriesValue): string {
  const values = points.flatMap(({ value }) => (value === undefined ? [] : [value]));
  if (values.length === 0) return "<no data>\n";
  const { min, max } = range(values, signed);
  const unit = unitOf(intervalNs);
  const indent = " ".repeat("hh:mm:ss".length + (unit.digits === 0 ? 0 : unit.digits + 1));
  const scale = `${indent} ${String(min).padEnd(MIN_WIDTH)}${String(max).padStart(WIDTH - MIN_WIDTH)}`;
  const edge = "_".repeat(WIDTH - 2);
  const rows = points.map(({ start, value }) => `${time(start, unit.digits)} ${row(value, min, max)}`);
  return [
    scale,
    `${`hh:mm:ss${unit.name}`.padEnd(indent.length + 1)}|${edge}|`,
    ...rows,
    `${indent} v${edge}v`,
    scale,
    "",
  ].join("\n");
}

/** A line of points at one place has room on both sides. */
function range(values: readonly bigint[], signed: boolean): { min: bigint; max: bigint } {
  const min = values.reduce((least, value) => (value < least ? value : least));
  const max = values.reduce((most, value) => (value > most ? value : most));
  if (min !== max) return { min, max };
  return { min: signed || min > 0n ? min - 1n : 0n, max: max + 1n };
}

function row(value: bigint | undefined, min: bigint, max: bigint): string {
  const line = ["|", ...Array<string>(WIDTH - 2).fill(" "), "|"];
  const span = Number(max - min);
  if (min < 0n && max > 0n) line[Math.trunc((WIDTH * Number(-min)) / span)] = ".";
  if (value === undefined) return `${line.join("")} -`;
  line[Math.trunc(((WIDTH - 1) * Number(value - min)) / span)] = "*";
  return `${line.join("")} ${value}`;
}

/** Times have as many decimals as the interval needs. */
function unitOf(intervalNs: bigint): { readonly name: string; readonly digits: number } {
  if (intervalNs % 1_000_000_000n === 0n) return { name: "", digits: 0 };
  if (intervalNs % 1_000_000n === 0n) return { name: ".ms", digits: 3 };
  if (intervalNs % 1000n === 0n) return { name: ".us", digits: 6 };
  return { name: ".ns", digits: 9 };
}

function time(ns: bigint, digits: number): string {
  const decimals =
    digits === 0
      ? ""
      : `.${String(ns % 1_000_000_000n)
          .padStart(9, "0")
          .slice(0, digits)}`;
  return `${strftime("%H:%M:%S", ns)}${decimals}`;
}
