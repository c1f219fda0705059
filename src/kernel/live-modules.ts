import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Btf } from "../btf/btf.ts";
import type { BtfKind } from "../btf/btf-type.ts";
import type { ModuleFacts, ModuleTypes } from "../facts/module-facts.ts";
import { readBytesIfThere } from "./tracefs.ts";

/** The modules in /sys/kernel/btf (since Linux 5.11, CONFIG_DEBUG_INFO_BTF_MODULES). Read when they are asked for. */
export class LiveModules implements ModuleFacts {
  readonly #kernel: () => Btf;
  readonly #directory: string;

  constructor(kernel: () => Btf, directory = "/sys/kernel/btf") {
    this.#kernel = kernel;
    this.#directory = directory;
  }

  typesOf(tags: readonly string[]): ModuleTypes | undefined {
    let best: { types: ModuleTypes; count: number } | undefined;
    for (const module of this.names()) {
      const bytes = this.#bytes(module);
      // Most modules have not even the words.
      if (bytes === undefined || !tags.some((tag) => bytes.includes(`\0${tag}\0`))) continue;
      const types = this.#types(module, bytes);
      const count = tags.filter(
        (tag) => types.btf.find(["struct", "union", "enum"], tag) !== undefined,
      ).length;
      if (count > (best?.count ?? 0)) best = { types, count };
    }
    return best?.types;
  }

  named(module: string): ModuleTypes | undefined {
    const bytes = this.#bytesOf(module);
    return bytes && this.#types(module, bytes);
  }

  having(kinds: readonly BtfKind[], name: string): ModuleTypes | undefined {
    for (const module of this.names()) {
      const bytes = this.#bytes(module);
      if (!bytes?.includes(`\0${name}\0`)) continue;
      const types = this.#types(module, bytes);
      const id = types.btf.find(kinds, name);
      if (id !== undefined && id >= types.btf.firstId) return types;
    }
    return undefined;
  }

  identityOf(module: string): string | undefined {
    const bytes = this.#bytesOf(module);
    return bytes && digest(bytes);
  }

  #types(module: string, bytes: Buffer): ModuleTypes {
    const btf = Btf.parse(bytes, { base: this.#kernel(), name: module });
    let identity: string | undefined;
    return {
      module,
      btf,
      get identity() {
        identity ??= digest(bytes);
        return identity;
      },
    };
  }

  #bytesOf(module: string): Buffer | undefined {
    return /^[\w-]+$/.test(module) && module !== "vmlinux" ? this.#bytes(module) : undefined;
  }

  names(): readonly string[] {
    try {
      return readdirSync(this.#directory).filter((name) => name !== "vmlinux");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }

  #bytes(module: string): Buffer | undefined {
    return readBytesIfThere(join(this.#directory, module));
  }
}

function digest(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
