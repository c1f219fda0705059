import { BpfError, type ErrorOptions } from "../errors.ts";

/** What went wrong: the machine lacks a part, the guest did not come up, it broke off, or it took too long. */
export type VmErrorCode = "VM_MISSING" | "VM_OPTION" | "VM_BOOT" | "VM_LOST" | "VM_TIMEOUT";

/** A microVM could not be started or did not finish. `console` is what the guest's kernel and QEMU said last. */
export class VmError extends BpfError {
  readonly console: string;

  constructor(code: VmErrorCode, message: string, options: ErrorOptions & { console?: string } = {}) {
    super(code, message, options);
    this.console = options.console ?? "";
  }

  protected override details(): string[] {
    const lines = this.console.split("\n").filter((line) => line.trim() !== "");
    return lines.slice(-20).map((line) => `  | ${line.trimEnd()}`);
  }
}
