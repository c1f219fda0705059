import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compileProgram, translateProgram } from "../../src/compile-program.ts";
import { libbpf } from "../../src/ffi/libbpf.ts";
import { NativeBuffer } from "../../src/ffi/native-buffer.ts";
import { ObjectHandle } from "../../src/load/object-handle.ts";
import { SourceText } from "../../src/source/source-text.ts";
import { usdtPrograms } from "../../src/usdt.ts";
import { TEXT_NAME } from "./compile-texts.ts";
import type { CorpusKernel } from "./kernel-recording.ts";
import { madeUsdt } from "./made-usdt.ts";
import type { OracleTable, Verdict } from "./oracle.ts";
import { SOURCE_DIRECTORY } from "./places.ts";
import { missingFrom, readsOfBcc, readsOfOurs } from "./reads.ts";
import { reasonOf } from "./reason.ts";
import type { ToolText } from "./record-texts.ts";

/** One thing that is other here than with bcc. */
export interface Difference {
  readonly tool: string;
  /** "read: ours: PLACE", "table NAME: maxEntries: bcc 1, ours 2", "verdict: ..." */
  readonly what: string;
}

/** Why things are as they are: a pattern for tools, one for differences, and the reason. */
interface Explanation {
  readonly tool: string;
  readonly what: string;
  readonly reason: string;
}

/** BPF_MAP_TYPE_PERF_EVENT_ARRAY and BPF_MAP_TYPE_RINGBUF: as large as the machine, and as the page. */
const BUFFERS = [4, 27];

/** Compares one text with what real bcc made of it. */
export async function compareWithOracle(
  text: ToolText,
  verdict: Verdict,
  kernel: CorpusKernel,
): Promise<Difference[]> {
  const source = new SourceText(TEXT_NAME, text.text);
  const usdt = usdtPrograms(madeUsdt(text.usdt));
  const options = { facts: kernel.facts, cflags: text.cflags, usdt, plainReads: true, warn: () => {} };
  const tool = text.run.tool;
  let code: string;
  let tables: OracleTable[];
  try {
    code = (await translateProgram(source, options)).code;
    tables = tablesOf((await compileProgram(source, options)).object);
  } catch (error) {
    return verdict.accepted ? [{ tool, what: `verdict: bcc takes it, ours: ${reasonOf(error)}` }] : [];
  }
  if (!verdict.accepted) return [{ tool, what: `verdict: ours takes it, bcc: ${firstError(verdict.text)}` }];
  const start = code.indexOf(`#line 1 "${TEXT_NAME}"`);
  const own = readsOfOurs(code.slice(start, code.indexOf('#line 1 "<bcc-ts>"', start)));
  const others = readsOfBcc(verdict.text);
  return [
    ...missingFrom(own, others).map((place) => ({ tool, what: `read: ours: ${place}` })),
    ...missingFrom(others, own).map((place) => ({ tool, what: `read: bcc: ${place}` })),
    ...compareTables(tables, verdict.tables).map((what) => ({ tool, what })),
  ];
}

function firstError(text: string): string {
  return /error: .*/.exec(text)?.[0].slice(0, 160) ?? "nothing";
}

function tablesOf(object: Uint8Array): OracleTable[] {
  const handle = new ObjectHandle(NativeBuffer.from(object), "corpus");
  try {
    const all = [...handle.maps].filter(([, map]) => libbpf().bpf_map__is_internal(map) % 256 === 0);
    return all.map(([name, map]) => ({
      name,
      type: libbpf().bpf_map__type(map),
      keySize: libbpf().bpf_map__key_size(map),
      valueSize: libbpf().bpf_map__value_size(map),
      maxEntries: libbpf().bpf_map__max_entries(map),
      flags: libbpf().bpf_map__map_flags(map),
    }));
  } finally {
    handle.close();
  }
}

function compareTables(ours: readonly OracleTable[], others: readonly OracleTable[]): string[] {
  const byName = new Map(others.map((table) => [table.name, table]));
  const lines = ours.flatMap((table) => {
    const other = byName.get(table.name);
    byName.delete(table.name);
    if (other === undefined) return [`table ${table.name}: bcc has none`];
    const fields = ["type", "keySize", "valueSize", "maxEntries", "flags"] as const;
    const looked = BUFFERS.includes(table.type) ? (["type"] as const) : fields;
    return looked
      .filter((field) => table[field] !== other[field])
      .map((field) => `table ${table.name}: ${field}: bcc ${other[field]}, ours ${table[field]}`);
  });
  return [...lines, ...[...byName.keys()].map((name) => `table ${name}: ours has none`)];
}

/** The differences that nothing explains, each once; and explanations that explain nothing any more. */
export function unexplained(differences: readonly Difference[], whole: boolean): string[] {
  const text = readFileSync(join(SOURCE_DIRECTORY, "differences.json"), "utf8");
  const explanations = (JSON.parse(text) as Explanation[]).map(({ tool, what, reason }) => {
    return { tool: new RegExp(`^(?:${tool})$`), what: new RegExp(what), reason, used: 0 };
  });
  const lines = new Set<string>();
  for (const { tool, what } of differences) {
    const found = explanations.find((e) => e.tool.test(tool) && e.what.test(what));
    if (found === undefined) lines.add(`${tool}: ${what}`);
    else found.used++;
  }
  const idle = explanations.filter(({ used }) => whole && used === 0);
  return [
    ...lines,
    ...idle.map(({ tool, what }) => `explains nothing any more: ${tool.source}: ${what.source}`),
  ];
}
