import { lastAtMost } from "../btf/elf-symbol-table.ts";
import { kernelSymbols } from "../kernel/kallsyms.ts";
import type { ResolvedSymbol } from "./symbol.ts";

const LINE = /^([0-9a-f]{8})([0-9a-f]{8}) [tTwW] /gm;

/** Names of kernel addresses: the functions of /proc/kallsyms, sorted once, some 50 ms. */
export class KernelAddresses {
  readonly #text: string;
  readonly #addresses: BigUint64Array;
  /** Where each one's line begins in the text. */
  readonly #lines: Uint32Array;

  /** `text` as in /proc/kallsyms. */
  constructor(text: string) {
    this.#text = text;
    const found: { address: bigint; line: number }[] = [];
    for (const match of text.matchAll(LINE)) {
      const high = Number.parseInt(match[1] ?? "", 16);
      const low = Number.parseInt(match[2] ?? "", 16);
      if (high !== 0) found.push({ address: (BigInt(high) << 32n) | BigInt(low), line: match.index });
    }
    // Nearly sorted: the kernel's own, then module by module.
    found.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : a.line - b.line));
    this.#addresses = BigUint64Array.from(found, ({ address }) => address);
    this.#lines = Uint32Array.from(found, ({ line }) => line);
  }

  /**
   * The function that begins last before an address. Undefined below the first function, and everywhere when
   * the kernel hides its addresses. The kernel does not say where functions end.
   */
  resolve(address: bigint): ResolvedSymbol | undefined {
    let index = lastAtMost(this.#addresses, address);
    if (index < 0) return undefined;
    const start = this.#addresses[index] as bigint;
    // Of several names at one address the first in the kernel's list.
    while (index > 0 && this.#addresses[index - 1] === start) index--;
    const at = this.#lines[index] as number;
    const end = this.#text.indexOf("\n", at);
    const [name = "", module] = this.#text.slice(at + 19, end < 0 ? undefined : end).split("\t");
    return { name, offset: Number(address - start), module: module?.slice(1, -1) };
  }

  /** Where a function begins, as bcc's ksymname; undefined for a name that no function has. */
  static addressOf(name: string): bigint | undefined {
    return kernelSymbols().find(name)[0]?.address;
  }
}

let running: KernelAddresses | undefined;

/** The running kernel's, read once: functions of modules that are loaded later are not found. */
export function kernelAddresses(): KernelAddresses {
  running ??= new KernelAddresses(kernelSymbols().text);
  return running;
}
