import type { ScriptSettings } from "../program/script.ts";
import type { SourceText } from "../source/source-text.ts";

/** What the lowering is told beside the script. */
export interface LoweringOptions {
  readonly source: SourceText;
  readonly settings: ScriptSettings;
  readonly license: string;
  /** CPUs that there may be. */
  readonly cpus: number;
  /** Look-ups of missing keys, and paths that the kernel does not tell, are told; not only what maps have no room for. */
  readonly helperErrors: boolean;
  /** Bytes of the ring of records, a power of two. */
  readonly ringBytes: number;
  /** C that the programs call. */
  readonly imported?: string | undefined;
  /** Probes of the kernel run for this process alone. */
  readonly pid?: number | undefined;
}
