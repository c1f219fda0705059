import { ratioOf } from "./report-text.ts";
import type { Row } from "./rows.ts";

const ROW = 18;
const LABELS = 520;
const BARS = 380;
const MARGIN = 12;

/** Ratios to the peers as bars on a logarithmic scale: to the left of 1, ours costs less. */
export function ratioChart(rows: readonly Row[], caption: string): string {
  const shown = rows.flatMap(({ title, peer }) =>
    peer !== undefined && Number.isFinite(peer.ratio) && peer.ratio > 0
      ? [{ label: `${title} / ${peer.name}`, ratio: peer.ratio }]
      : [],
  );
  const low = Math.floor(Math.log10(Math.min(0.1, ...shown.map(({ ratio }) => ratio))));
  const high = Math.ceil(Math.log10(Math.max(10, ...shown.map(({ ratio }) => ratio))));
  const x = (ratio: number) => LABELS + ((Math.log10(ratio) - low) / (high - low)) * BARS;
  const top = 2 * ROW + MARGIN;
  const height = top + shown.length * ROW + MARGIN;
  const width = LABELS + BARS + 80;
  const ticks = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  const parts = [
    `<text x="${MARGIN}" y="${MARGIN + 8}">${xml(caption)}</text>`,
    ...ticks.map((tick) => tickMark(tick, x(tick), top, height - MARGIN)),
    ...shown.map(({ label, ratio }, index) => bar(label, ratio, x, top + index * ROW)),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="#ffffff"/>
${parts.join("\n")}
</svg>
`;
}

function tickMark(tick: number, x: number, top: number, bottom: number): string {
  const color = tick === 1 ? "#333333" : "#dddddd";
  return `<line x1="${x}" x2="${x}" y1="${top}" y2="${bottom}" stroke="${color}"/><text x="${x}" y="${top - 4}" text-anchor="middle" fill="#666666">${tick}</text>`;
}

function bar(label: string, ratio: number, x: (ratio: number) => number, y: number): string {
  const [from, to] = [Math.min(x(1), x(ratio)), Math.max(x(1), x(ratio))];
  const color = ratio <= 1 ? "#2e7d32" : "#c62828";
  const end = to + 4;
  return [
    `<text x="${LABELS - 8}" y="${y + 12}" text-anchor="end">${xml(label)}</text>`,
    `<rect x="${from.toFixed(1)}" y="${y + 3}" width="${Math.max(1, to - from).toFixed(1)}" height="${ROW - 6}" fill="${color}"/>`,
    `<text x="${end.toFixed(1)}" y="${y + 12}" fill="#333333">${ratioOf(ratio)}</text>`,
  ].join("");
}

function xml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
