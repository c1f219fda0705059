import { readFileSync } from "node:fs";

/** A function or variable of the kernel. */
export interface KernelSymbol {
  readonly name: string;
  /** 0n when the kernel hides addresses from this process. */
  readonly address: bigint;
  /** nm's letter: t and T functions, d and D data, w and W weak, … */
  readonly type: string;
  /** The module that it belongs to; undefined for the kernel itself. */
  readonly module: string | undefined;
}

const LINE = /^([0-9a-f]+) (\S) (\S+)(?:[\t ]\[(\S+)\])?$/;

const FUNCTION = /^[0-9a-f]+ [tTwW] ([^\t \n]+)(?![\t ]\[(?:bpf|__builtin__\w+)\])(?=[\t \n]|$)/gm;

/**
 * The kernel's symbol table. Names are looked up in the text as it is: an index over 100,000 and more
 * names would cost more than the few look-ups of a program.
 */
export class KernelSymbolTable {
  readonly #text: string;
  #functions: ReadonlySet<string> | undefined;

  /** `text` as in /proc/kallsyms. */
  constructor(text: string) {
    this.#text = text;
  }

  /** All symbols of a name: static functions of different files may share one. */
  find(name: string): KernelSymbol[] {
    const found: KernelSymbol[] = [];
    const wanted = ` ${name}`;
    for (let at = this.#text.indexOf(wanted); at >= 0; at = this.#text.indexOf(wanted, at + 1)) {
      const end = this.#text.charCodeAt(at + wanted.length);
      if (!(end === 10 || end === 9 || end === 32 || Number.isNaN(end))) continue;
      const symbol = parseLine(this.#lineAround(at));
      if (symbol?.name === name) found.push(symbol);
    }
    return found;
  }

  has(name: string): boolean {
    return this.find(name).length > 0;
  }

  /** Names of all functions, modules' too, but not of code that the kernel made: loaded programs, trampolines. */
  get functions(): ReadonlySet<string> {
    this.#functions ??= new Set(Array.from(this.#text.matchAll(FUNCTION), (match) => match[1] ?? ""));
    return this.#functions;
  }

  /** The functions that have one of some names, in one pass over all. */
  functionsNamed(names: ReadonlySet<string>): KernelSymbol[] {
    const found: KernelSymbol[] = [];
    for (const match of this.#text.matchAll(/^[0-9a-f]+ [tTwW] ([^\t \n]+).*$/gm)) {
      const symbol = names.has(match[1] ?? "") ? parseLine(match[0]) : undefined;
      if (symbol !== undefined) found.push(symbol);
    }
    return found;
  }

  /** The text of /proc/kallsyms: a line for each symbol with its address, letter and name. */
  get text(): string {
    return this.#text;
  }

  /** True when the kernel shows no addresses to this process: it lacks CAP_SYSLOG, see kptr_restrict. */
  get hidesAddresses(): boolean {
    return this.#text !== "" && !/^0*[1-9a-f]/m.test(this.#text.slice(0, 4096));
  }

  #lineAround(at: number): string {
    const start = this.#text.lastIndexOf("\n", at) + 1;
    const end = this.#text.indexOf("\n", at);
    return this.#text.slice(start, end < 0 ? undefined : end);
  }
}

function parseLine(line: string): KernelSymbol | undefined {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const [, address = "0", type = "?", name = "", module] = match;
  return { name, address: BigInt(`0x${address}`), type, module };
}

let running: KernelSymbolTable | undefined;

/** The running kernel's symbols, read once. Modules that are loaded later are not seen. */
export function kernelSymbols(): KernelSymbolTable {
  running ??= new KernelSymbolTable(readFileSync("/proc/kallsyms", "latin1"));
  return running;
}
