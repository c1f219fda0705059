import { BpfError } from "../../errors.ts";
import type { ScriptSettings } from "../../program/script.ts";
import type { Diagnostic } from "../../source/diagnostic.ts";
import { similarNames } from "../../source/similar-names.ts";
import type { SourceText } from "../../source/source-text.ts";
import type { Script } from "./ast.ts";

/** All settings of a script, those that only the compilation needs included. */
export interface Settings extends ScriptSettings {
  readonly maxMapKeys: number;
  readonly maxPrograms: number;
  readonly license: string;
  readonly raw: Readonly<Record<string, string | number | boolean>>;
}

const DEFAULTS: Readonly<Record<string, string | number | boolean>> = {
  cache_user_symbols: "PER_PROGRAM",
  cpp_demangle: true,
  lazy_symbolication: true,
  license: "GPL",
  log_size: 1_000_000,
  max_bpf_progs: 1024,
  max_cat_bytes: 10_240,
  max_map_keys: 4096,
  max_probes: 1024,
  max_strlen: 1024,
  max_type_res_iterations: 0,
  missing_probes: "error",
  on_stack_limit: 32,
  perf_rb_pages: 0,
  print_maps_on_exit: true,
  show_debug_info: true,
  stack_mode: "bpftrace",
  str_trunc_trailer: "..",
  symbol_source: "dwarf",
  unstable_import: "warn",
  unstable_import_statement: "warn",
  unstable_macro: "warn",
  unstable_map_decl: "warn",
  unstable_tseries: "warn",
  unstable_addr: "warn",
  unstable_typeinfo: "warn",
  unstable_dw_ustack: "warn",
  use_blazesym: true,
  btf_type_resolution: true,
  print_boot_time: false,
};

const STACK_MODES = ["bpftrace", "perf", "raw", "build_id"] as const;
const MISSING = ["error", "warn", "ignore"] as const;

/** The values of settings that take only some. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  license: ["Dual MIT/GPL", "Dual BSD/GPL", "Dual MPL/GPL", "GPL and additional rights", "GPL v2", "GPL"],
  stack_mode: STACK_MODES,
  missing_probes: MISSING,
};

/** The settings of a script: what it says, and over that the environment (BPFTRACE_MAX_STRLEN). Throws BpfError for what is wrong in that. */
export function readSettings(
  source: SourceText,
  said: Script["settings"],
  environment: Readonly<Record<string, string | undefined>>,
): { settings: Settings; diagnostics: Diagnostic[] } {
  const raw: Record<string, string | number | boolean> = { ...DEFAULTS };
  const diagnostics: Diagnostic[] = [];
  for (const { name, value, span } of said) {
    const key = name.toLowerCase().replace(/^bpftrace_/, "");
    const before = DEFAULTS[key];
    const text =
      value.kind === "name"
        ? value.name
        : value.kind === "string" || value.kind === "boolean" || value.kind === "integer"
          ? String(value.value)
          : undefined;
    const fits = text !== undefined && (ALLOWED[key]?.includes(text) ?? true);
    const parsed = before === undefined || !fits ? undefined : parseLike(before, text);
    if (parsed !== undefined) raw[key] = parsed;
    else diagnostics.push(refusal(source, span, name, key, text));
  }
  for (const [key, before] of Object.entries(DEFAULTS)) {
    const text = environment[`BPFTRACE_${key.toUpperCase()}`];
    if (text === undefined) continue;
    const parsed = (ALLOWED[key]?.includes(text) ?? true) ? parseLike(before, text) : undefined;
    if (parsed === undefined)
      throw new BpfError("SETTING", `BPFTRACE_${key.toUpperCase()}: ${invalid(key, text)}`);
    raw[key] = parsed;
  }
  const seriesClock = environment.BPFTRACE_DUMMY_TS_MAP;
  return { settings: { ...settingsOf(raw), seriesClock }, diagnostics };
}

function parseLike(before: string | number | boolean, text: string): string | number | boolean | undefined {
  if (typeof before === "string") return text;
  if (typeof before === "number") return /^\d+$/.test(text) ? Number(text) : undefined;
  if (text === "true" || text === "1") return true;
  return text === "false" || text === "0" ? false : undefined;
}

function refusal(
  source: SourceText,
  span: Diagnostic["span"],
  name: string,
  key: string,
  text: string | undefined,
): Diagnostic {
  if (key in DEFAULTS) {
    return { severity: "error", code: "SETTING", message: invalid(key, text), source, span };
  }
  const similar = similarNames(key, Object.keys(DEFAULTS), 1)[0];
  const hint = similar === undefined ? undefined : `Did you mean ${similar}?`;
  return {
    severity: "error",
    code: "SETTING",
    message: `${name}: not a known configuration option`,
    source,
    span,
    hint,
  };
}

function invalid(key: string, text: string | undefined): string {
  const valid = ALLOWED[key] === undefined ? "" : ` Valid values: ${ALLOWED[key].join(", ")}.`;
  return `Invalid value for ${key}. Found: ${text ?? "no number, word or string"}.${valid}`;
}

function settingsOf(raw: Record<string, string | number | boolean>): Settings {
  const mode = STACK_MODES.find((one) => one === raw.stack_mode);
  const missing = MISSING.find((one) => one === raw.missing_probes);
  const pages = Number(raw.perf_rb_pages);
  return {
    raw,
    printMapsOnExit: raw.print_maps_on_exit === true,
    maxStrlen: Math.min(Math.max(Number(raw.max_strlen), 1), 16_384),
    maxCatBytes: Number(raw.max_cat_bytes),
    maxMapKeys: Math.max(1, Number(raw.max_map_keys)),
    maxPrograms: Number(raw.max_bpf_progs),
    maxProbes: Number(raw.max_probes),
    truncationTrailer: String(raw.str_trunc_trailer),
    stackMode: mode ?? "bpftrace",
    missingProbes: missing ?? "error",
    perfRingPages: pages > 0 ? pages : undefined,
    cppDemangle: raw.cpp_demangle === true,
    license: String(raw.license),
  };
}
