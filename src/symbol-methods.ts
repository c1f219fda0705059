import { InspectMethods } from "./inspect-methods.ts";
import { KernelAddresses, kernelAddresses } from "./symbols/kernel-addresses.ts";
import { MappingLog } from "./symbols/mapping-log.ts";
import { processAddresses } from "./symbols/process-addresses.ts";
import { formatSymbol, type SymbolOptions } from "./symbols/symbol.ts";

/** A table of stacks, as BPF_STACK_TRACE declares one. */
interface Stacks {
  walk(id: number): bigint[];
}

/** The part of Bpf that tells addresses by name. */
export abstract class SymbolMethods extends InspectMethods {
  /**
   * As bcc's ksym: the kernel function at an address, "[unknown]" when there is none.
   *
   * @example
   * bpf.ksym(0xffffffff81234567n, { showOffset: true, showModule: true }); // "vfs_read+0x17 [kernel]"
   */
  ksym(address: bigint | number, options?: SymbolOptions): string {
    return formatSymbol(kernelAddresses().resolve(BigInt(address)), options, "kernel");
  }

  /** As bcc's ksymname: where a kernel function begins; undefined, not -1, when there is none. */
  ksymname(name: string): bigint | undefined {
    return KernelAddresses.addressOf(name);
  }

  /**
   * As bcc's sym: the function at an address of a process, from the symbol tables of its program and libraries.
   * A negative pid stands for the kernel. Names of C++ functions are demangled where
   * node has the C++ library's function for that.
   *
   * @example
   * bpf.sym(0x7f1234567890n, 1234, { showModule: true }); // "malloc [libc.so.6]"
   */
  sym(address: bigint | number, pid: number, options?: SymbolOptions): string {
    if (pid < 0) return this.ksym(address, options);
    return formatSymbol(processAddresses(pid).resolve(Number(address)), options);
  }

  /** Keeps something open until the program is closed. */
  protected abstract keep(open: () => Disposable): void;

  /**
   * Lets sym() and stack() know addresses of processes that have ended: from now on it is recorded what processes map
   * as code. Of one process, which has one thread yet (see TracedCommand), and all that come from it; of all on this machine
   * unless told. A process that is recorded by itself pays some 0.4 microseconds each time that it comes to run. What
   * others had mapped before is known when it is asked for while they run. Requires Linux 4.1.
   *
   * @throws PermissionError without CAP_PERFMON; SyscallError; ClosedError
   * @example
   * using command = await TracedCommand.start("make");
   * bpf.rememberProcesses(command.pid);
   * command.resume();
   */
  rememberProcesses(pid?: number): void {
    this.keep(() => MappingLog.open(pid));
  }

  /**
   * The functions of a stack by name, the innermost first; none for an id that is no stack. Without a pid the
   * addresses are the kernel's, with one the process's.
   *
   * @example
   * for (const [id, count] of bpf.maps.counts) console.log(count, bpf.stack(bpf.maps.stacks, id).join(";"));
   */
  stack(
    table: Stacks,
    id: number,
    options: SymbolOptions & { readonly pid?: number | undefined } = {},
  ): string[] {
    const { pid = -1 } = options;
    return table.walk(id).map((address) => this.sym(address, pid, options));
  }
}
