import { readFileSync } from "node:fs";
import { machine, release, version } from "node:os";
import { join } from "node:path";
import { Btf } from "../btf/btf.ts";
import type { NameIndex } from "../btf/name-index.ts";
import { UnsupportedError } from "../errors.ts";
import { INFERABLE_OPTIONS, inferConfig } from "../facts/infer-config.ts";
import type { Architecture, KernelFacts } from "../facts/kernel-facts.ts";
import { architectureOf, kernelIdentity } from "../facts/kernel-identity.ts";
import { optionName, parseConfig } from "../facts/parse-config.ts";
import { versionCode } from "../facts/version-code.ts";
import { kernelSymbols } from "./kallsyms.ts";
import { LiveModules } from "./live-modules.ts";
import { readIfThere, tracefsDirectory, tracepointCategories, tracepointEvents } from "./tracefs.ts";

const BTF_FILE = "/sys/kernel/btf/vmlinux";

/**
 * Facts of the running kernel. Nothing is read before it is asked for, and nothing twice: `identity` costs
 * well below a millisecond, `btf` about 10 ms.
 *
 * Options come from /proc/config.gz or from the config file of the distribution; where there is neither,
 * those in INFERABLE_OPTIONS are told from the kernel's types and symbols and all others are undefined.
 * Throws UnsupportedError, with the remedy, where the kernel has no BTF or tracefs is not mounted.
 *
 * `findIndex` may give the index of this kernel's BTF that was kept, by `identity` and the size of the BTF.
 */
export function liveFacts(findIndex?: FindIndex): KernelFacts {
  return new LiveFacts(findIndex);
}

export type FindIndex = (identity: string, btfBytes: number) => NameIndex | undefined;

class LiveFacts implements KernelFacts {
  readonly release = release();
  readonly modules = new LiveModules(() => this.btf);
  #versionCode: number | undefined;
  #architecture: Architecture | undefined;
  #identity: string | undefined;
  #btf: Btf | undefined;
  #config: ReadonlyMap<string, string> | "inferred" | undefined;
  readonly #findIndex: FindIndex | undefined;

  constructor(findIndex: FindIndex | undefined) {
    this.#findIndex = findIndex;
  }

  get versionCode(): number {
    this.#versionCode ??= versionCode({
      release: this.release,
      version: version(),
      signature: readIfThere("/proc/version_signature"),
    });
    return this.#versionCode;
  }

  get architecture(): Architecture {
    this.#architecture ??= architectureOf(machine());
    return this.#architecture;
  }

  get identity(): string {
    this.#identity ??= kernelIdentity({
      notes: readFileSync("/sys/kernel/notes"),
      release: this.release,
      architecture: this.architecture,
    });
    return this.#identity;
  }

  get btf(): Btf {
    if (this.#btf === undefined) {
      const bytes = readKernelBtf();
      this.#btf = Btf.parse(bytes, {
        name: "vmlinux",
        index: this.#findIndex?.(this.identity, bytes.length),
      });
    }
    return this.#btf;
  }

  config(option: string): string | undefined {
    this.#config ??= readConfig(this.release) ?? "inferred";
    const name = optionName(option);
    return this.#config === "inferred" ? inferConfig(name, this) : this.#config.get(name);
  }

  knowsConfig(option: string): boolean {
    this.#config ??= readConfig(this.release) ?? "inferred";
    return this.#config !== "inferred" || INFERABLE_OPTIONS.includes(optionName(option));
  }

  tracepointFormat(category: string, event: string): string | undefined {
    // The names become part of a path: no way out of the directory.
    if (!/^\w[\w.-]*$/.test(category) || !/^\w[\w.-]*$/.test(event)) return undefined;
    return readIfThere(join(tracefsDirectory(), "events", category, event, "format"));
  }

  tracepoints(category?: string): readonly string[] {
    return category === undefined ? tracepointCategories() : tracepointEvents(category);
  }

  hasSymbol(name: string): boolean {
    return kernelSymbols().has(name);
  }
}

function readKernelBtf(): Buffer {
  try {
    return readFileSync(BTF_FILE);
  } catch (cause) {
    throw new UnsupportedError("kernel BTF", `${BTF_FILE} cannot be read`, {
      since: "5.4",
      hint: "Use a kernel that is built with CONFIG_DEBUG_INFO_BTF=y, as those of the large distributions are.",
      cause,
    });
  }
}

function readConfig(kernel: string): ReadonlyMap<string, string> | undefined {
  try {
    const { gunzipSync } = process.getBuiltinModule("node:zlib"); // Loaded for this alone.
    return parseConfig(gunzipSync(readFileSync("/proc/config.gz")).toString("latin1"));
  } catch (error) {
    // Without CONFIG_IKCONFIG_PROC there is no such file.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const places = [`/boot/config-${kernel}`, `/lib/modules/${kernel}/config`];
  const text = places.map(readIfThere).find((found) => found !== undefined);
  return text === undefined ? undefined : parseConfig(text);
}
