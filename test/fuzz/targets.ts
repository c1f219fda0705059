import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Btf } from "../../src/btf/btf.ts";
import { readLineInfo } from "../../src/btf/btf-ext.ts";
import { spell } from "../../src/btf/c-name.ts";
import { elfSections } from "../../src/btf/elf.ts";
import { ElfImage } from "../../src/btf/elf-image.ts";
import { ElfSectionReader } from "../../src/btf/elf-section-reader.ts";
import { elfSymbols } from "../../src/btf/elf-symbols.ts";
import { emitDeclarations } from "../../src/btf/emit-declarations.ts";
import { memberAtPath } from "../../src/btf/layout.ts";
import { reduceBtf } from "../../src/btf/reduce-btf.ts";
import { usdtNotes } from "../../src/btf/usdt-notes.ts";
import { parseConfig } from "../../src/facts/parse-config.ts";
import { readRecordedFacts } from "../../src/facts/recorded-facts.ts";
import { parseMaps } from "../../src/kernel/process-maps.ts";
import { withoutKernelIncludes } from "../../src/languages/bcc/kernel-includes.ts";
import { libraryFiles, prelude } from "../../src/languages/bcc/prelude.ts";
import { prescan } from "../../src/languages/bcc/prescan.ts";
import { refuseUnknownMacros } from "../../src/languages/bcc/refuse-unknown-macros.ts";
import { tracepointStruct } from "../../src/languages/bcc/tracepoint-struct.ts";
import { verifierAdvice } from "../../src/load/verifier-advice.ts";
import { parseVerifierLog } from "../../src/load/verifier-log.ts";
import { parseUsdtArguments } from "../../src/program/usdt-arguments.ts";
import { parseTraceLine } from "../../src/rings/parse-trace-line.ts";
import { renderDiagnostic } from "../../src/source/diagnostic.ts";
import { SourceText } from "../../src/source/source-text.ts";
import { codecFor } from "../../src/values/compile-codec.ts";
import { everyKind } from "../unit/btf/build-btf.ts";
import { compileObject } from "../unit/btf/compile-object.ts";
import { madeElf } from "../unit/btf/made-elf.ts";
import { elfOf, ONE, OTHER, TWO } from "../unit/btf/made-notes.ts";
import { attempt } from "./attempt.ts";
import { mutateBytes, mutateText, type Numbers } from "./mutate.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** A reader, and what it is fed. Each input gives a result or a BpfError, soon. */
export interface Target {
  readonly name: string;
  /** A damaged input, and the reader at work on it. */
  readonly start: () => (random: Numbers) => void;
}

function ofBytes(name: string, inputs: () => readonly Uint8Array[], read: (bytes: Buffer) => void): Target {
  return {
    name,
    start() {
      const originals = inputs();
      return (random) => read(mutateBytes(originals[random(originals.length)] as Uint8Array, random));
    },
  };
}

function ofTexts(name: string, inputs: () => readonly string[], read: (text: string) => void): Target {
  return {
    name,
    start() {
      const originals = inputs();
      return (random) => read(mutateText(originals[random(originals.length)] as string, random));
    },
  };
}

const none = { tags: new Set<string>(), ordinary: new Set<string>(), macros: new Set<string>() };
const NAMES = new Set("packet packet_t point_t color RED LOW hidden next call h".split(" "));

function readBtf(bytes: Buffer): void {
  const btf = attempt(() => Btf.parse(bytes));
  if (btf === undefined) return;
  const memory = new DataView(new ArrayBuffer(4096));
  for (let id = 0; id <= btf.typeCount; id++) {
    attempt(() => btf.type(id));
    attempt(() => btf.resolve(id));
    attempt(() => btf.sizeOf(id));
    attempt(() => spell(btf, id, "x"));
    attempt(() => memberAtPath(btf, id, "whole"));
    const codec = attempt(() => codecFor(btf, id));
    if (codec !== undefined && codec.size <= 4096) attempt(() => codec.decode(memory, 0));
  }
  attempt(() => [...btf.names("struct")]);
  attempt(() => btf.find("struct", "packet"));
  attempt(() => btf.enumerator("BLUE"));
  attempt(() => emitDeclarations(btf, { identifiers: NAMES, defined: none, assertions: "all" }));
  const reduced = attempt(() => reduceBtf(btf, [btf.typeCount, btf.typeCount - 1, 20]));
  if (reduced !== undefined) Btf.parse(reduced);
}

function readElf(bytes: Buffer): void {
  attempt(() => elfSections(bytes));
  attempt(() => elfSymbols(bytes));
  attempt(() => readLineInfo(bytes));
  attempt(() => {
    const image = ElfImage.read((offset, length) => bytes.subarray(offset, offset + length));
    image.address(0x1010);
    image.fileOffset(0x400010);
    image.symbols.find("f");
    image.symbols.names();
    image.symbols.at(0x400010);
    image.symbols.matching(/f/);
  });
}

function readNotes(bytes: Buffer): void {
  const read = (offset: number, length: number) => bytes.subarray(offset, offset + length);
  const notes = attempt(() => usdtNotes(new ElfSectionReader(read))) ?? [];
  for (const { arguments: operands } of notes) readOperands(operands);
}

function readOperands(text: string): void {
  const context = { address: 0x1000, symbol: (name: string) => (name === "counter" ? 0x4000 : undefined) };
  for (const machine of ["x86_64", "aarch64"] as const) parseUsdtArguments(text, { ...context, machine });
}

const OPERANDS = [
  "-4@%eax 8@-16(%rbp,%rcx,4) 2@$-7 1@%ah 4@counter+8(%rip) 8f@%xmm0",
  "-4@[sp, 12] 8@x3 4@[x1, w2, sxtw 2] 8@-1",
];

const facts = readRecordedFacts(`${ROOT}test/facts/6.12.json`);

/** All that happens to a program's text before clang sees it. */
function readProgram(text: string): void {
  const source = new SourceText("fuzz.c", text);
  withoutKernelIncludes(text, () => undefined);
  const scan = prescan(text);
  for (const found of refuseUnknownMacros(source, scan, libraryFiles(facts, "parse")))
    renderDiagnostic(found);
  for (const mode of ["expand", "parse", "code"] as const) attempt(() => prelude(scan, facts, mode));
}

/** The inputs of the cases: programs in the dialect. */
export function programTexts(): string[] {
  const directory = `${ROOT}test/cases/bcc/`;
  return readdirSync(directory).flatMap((file) =>
    readFileSync(directory + file, "utf8")
      .split(/^## .*\n/m)
      .slice(1)
      .map((part) => part.split("==>\n")[0] ?? ""),
  );
}

function verifierLogs(): string[] {
  const directory = `${ROOT}test/cases/verifier/`;
  const logs = readdirSync(directory).filter((name) => name.endsWith(".log"));
  return logs.map((name) => readFileSync(directory + name, "utf8").slice(0, 10_000));
}

const FORMAT = `name: sched_process_exec
ID: 310
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:__data_loc char[] filename;	offset:8;	size:4;	signed:0;
	field:pid_t pid;	offset:12;	size:8;	signed:1;
	field:char comm[TASK_COMM_LEN];	offset:20;	size:16;	signed:0;
	field:const char __seg_gs * name;	offset:40;	size:8;	signed:0;

print fmt: "filename=%s pid=%d", __get_str(filename), REC->pid
`;
const LINES = [
  "            node-1234    [001] d..31  123.456789: bpf_trace_printk: hello: world",
  "CPU:1 [LOST 55 EVENTS]",
  "# tracer: nop",
];
const MAPS =
  "00400000-0040b000 r-xp 00001000 08:01 1234 /bin/a b (deleted)\n7ffc0000-7ffd0000 rw-p 00000000 00:00 0 [stack]\n";

export const TARGETS: readonly Target[] = [
  ofBytes("btf", () => [everyKind().bytes], readBtf),
  ofBytes("elf", () => [compileObject(SMALL_PROGRAM), madeElf([{ name: "f", address: 0x400010 }])], readElf),
  ofBytes(
    "notes",
    () => [elfOf([{ name: ".note.stapsdt", address: 0, bytes: Buffer.concat([ONE, OTHER, TWO]) }])],
    readNotes,
  ),
  ofTexts("operands", () => OPERANDS, readOperands),
  ofTexts("program", programTexts, readProgram),
  ofTexts(
    "format",
    () => [FORMAT],
    (text) => void attempt(() => tracepointStruct("sched", "exec", text)),
  ),
  ofTexts("verifier", verifierLogs, (text) => void verifierAdvice(parseVerifierLog(text).reason ?? "")),
  ofTexts("trace", () => LINES, parseTraceLine),
  ofTexts("maps", () => [MAPS], parseMaps),
  ofTexts(
    "config",
    () => ['CONFIG_A=y\nCONFIG_B="x\\"y"\n# CONFIG_C is not set\nCONFIG_HZ=250\n'],
    parseConfig,
  ),
];

/** Throws when there is none of that name. */
export function targetNamed(name: string): Target {
  const target = TARGETS.find((each) => each.name === name);
  if (target === undefined) throw new Error(`there is no ${name}: ${TARGETS.map((t) => t.name).join(", ")}`);
  return target;
}

export const SMALL_PROGRAM =
  'int f(void) { return 1; } char l[] __attribute__((section("license"))) = "GPL";';
