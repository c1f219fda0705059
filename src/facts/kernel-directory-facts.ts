import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Btf } from "../btf/btf.ts";
import { type ElfSection, elfMachine, elfSections } from "../btf/elf.ts";
import { BpfError } from "../errors.ts";
import { factsMissing } from "./facts-missing.ts";
import type { Architecture, KernelFacts } from "./kernel-facts.ts";
import { architectureOf, kernelIdentity } from "./kernel-identity.ts";
import { optionName, parseConfig } from "./parse-config.ts";
import { versionCode } from "./version-code.ts";

/** e_machine of an ELF file. */
const MACHINES: ReadonlyMap<number, string> = new Map([
  [62, "x86_64"],
  [183, "aarch64"],
]);

/**
 * Facts of a kernel that does not run, from a directory with its files: `vmlinux` (ELF, with .BTF and .notes),
 * `release`, `config` and, where it has the symbols, `System.map`. Tracepoint formats are in none of these.
 * Throws BpfError "FACTS_MISSING" for questions that the files cannot answer.
 */
export function factsFromKernelDirectory(directory: string): KernelFacts {
  return new KernelDirectoryFacts(directory);
}

class KernelDirectoryFacts implements KernelFacts {
  readonly release: string;
  readonly versionCode: number;
  readonly architecture: Architecture;
  readonly identity: string;
  readonly #directory: string;
  readonly #sections: readonly ElfSection[];
  #btf: Btf | undefined;
  #config: ReadonlyMap<string, string> | undefined;
  #symbols: string | undefined;

  constructor(directory: string) {
    this.#directory = directory;
    this.release = readFileSync(join(directory, "release"), "utf8").trim();
    const image = readFileSync(join(directory, "vmlinux"));
    const machine = elfMachine(image);
    this.#sections = elfSections(image);
    this.architecture = architectureOf(MACHINES.get(machine) ?? `with ELF number ${machine}`);
    this.versionCode = versionCode({ release: this.release, version: banner(image, this.release) });
    this.identity = kernelIdentity({
      notes: this.#section(".notes"),
      release: this.release,
      architecture: this.architecture,
    });
  }

  get btf(): Btf {
    this.#btf ??= Btf.parse(this.#section(".BTF"), { name: `vmlinux ${this.release}` });
    return this.#btf;
  }

  config(option: string): string | undefined {
    this.#config ??= parseConfig(this.#file("config", "the configuration"));
    return this.#config.get(optionName(option));
  }

  tracepointFormat(category: string, event: string): string | undefined {
    throw factsMissing(
      `the format of tracepoint ${category}:${event}`,
      "Only a running kernel tells formats of tracepoints: record the facts while it runs.",
    );
  }

  tracepoints(): readonly string[] {
    return [];
  }

  hasSymbol(name: string): boolean {
    this.#symbols ??= `\n${this.#file("System.map", "the symbol table")}\n`;
    if (this.#symbols.includes(` ${name}\n`)) return true;
    // Debian ships a System.map of one line that says where the real one is.
    if (this.#symbols.split("\n", 12).length > 10) return false;
    if (this.btf.find("func", name) !== undefined) return true;
    throw factsMissing(`the symbol ${name}`, `Put the real System.map into ${this.#directory}.`);
  }

  #section(name: string): Uint8Array {
    const section = this.#sections.find((candidate) => candidate.name === name);
    if (section !== undefined) return section.data;
    throw factsMissing(`section ${name} of vmlinux`, "The kernel was built without CONFIG_DEBUG_INFO_BTF.");
  }

  #file(name: string, what: string): string {
    const path = join(this.#directory, name);
    if (!existsSync(path)) throw factsMissing(what, `Put the file ${name} into ${this.#directory}.`);
    return readFileSync(path, "utf8");
  }
}

/** "Linux version 6.1.0-56-amd64 (…) #1 SMP … Debian 6.1.192-2 (…)", as /proc/version shows it. */
function banner(image: Buffer, release: string): string {
  const start = image.indexOf(`Linux version ${release} (`);
  if (start < 0) {
    throw new BpfError("KERNEL_RELEASE", `vmlinux is not of kernel ${release}`, {
      hint: "The files release and vmlinux must come from the same kernel.",
    });
  }
  const end = Math.min(image.length, start + 1024);
  const text = image.toString("latin1", start, end);
  return text.split(/[\0\n]/, 1)[0] ?? "";
}
