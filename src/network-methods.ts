import type { Link } from "./attach/link.ts";
import type { SocketLink } from "./attach/raw-socket.ts";
import { AttachMethods } from "./attach-methods.ts";
import { LoadError } from "./errors.ts";
import type { LoadedProgram } from "./load/loaded-object.ts";
import type { Device, ObjectPoint, TrafficControlPoint, XdpPoint } from "./program/program.ts";

/** Which program is attached. */
interface ProgramName {
  /** The name of the C function that runs. */
  readonly fnName: string;
}

/** What load_func gives in bcc: a program that is in the kernel. */
export interface LoadedFunction {
  readonly name: string;
  /** See ProgramType. */
  readonly type: number;
  readonly fd: number;
}

/** The part of Bpf that attaches programs to packets, sockets and control groups. */
export abstract class NetworkMethods extends AttachMethods {
  /** The programs that are in the kernel, by their names. */
  protected abstract loaded(name: string): LoadedProgram;

  /**
   * As bcc's load_func, which here only looks: load() loads all programs. Another type than the context says is
   * told there: `load(text, { programTypes: { classify: ProgramType.SCHED_CLS } })`.
   *
   * @throws BpfError "UNKNOWN_PROGRAM"; LoadError when the program is of another type
   */
  loadFunc(name: string, type: number): LoadedFunction {
    const found = this.loaded(name);
    if (found.type === type) return { name: found.name, type, fd: found.fd };
    throw new LoadError(`${name} was loaded with the type ${found.type}, not ${type}`, {
      hint: `Say so when it is loaded: load(text, { programTypes: { ${name}: ${type} } }).`,
    });
  }

  /**
   * As bcc's attach_xdp: runs a program (`struct xdp_md *ctx`) at each packet that a device receives. `flags` are
   * XDP_FLAGS_SKB_MODE (2), _DRV_MODE (4), _HW_MODE (8). Detached with the link or the process. Since Linux 5.9.
   *
   * @throws AttachError, PermissionError
   * @example
   * const link = bpf.attachXdp({ device: "eth0", fnName: "count" });
   * link.close();
   */
  attachXdp({ fnName, ...point }: XdpPoint & ProgramName): Link {
    return this.attach(fnName, { kind: "xdp", ...point });
  }

  /** As bcc's remove_xdp, of this program's own links. Gives how many there were. */
  removeXdp({ device }: { readonly device: Device }): number {
    return this.detachLinks("xdp", String(device));
  }

  /**
   * Runs a classifier at each packet that comes in through a device or leaves: the program is loaded with the type
   * ProgramType.SCHED_CLS. Since Linux 6.6 its end is the link's or the process's; on older ones (4.5 and later) a
   * process that is killed by SIGKILL leaves it behind, and `tc filter del` takes it away.
   *
   * @throws AttachError, PermissionError
   * @example
   * bpf.attachTc({ device: "eth0", direction: "ingress", fnName: "classify" });
   */
  attachTc({ fnName, ...point }: TrafficControlPoint & ProgramName): Link {
    return this.attach(fnName, { kind: "tc", ...point });
  }

  /**
   * As bcc's attach_raw_socket: opens a packet socket on a device (on all unless told) that gets what a socket
   * filter lets through. `receive()` of the link gives the packets, `fd` is the socket's.
   *
   * @throws AttachError, PermissionError
   * @example
   * const socket = bpf.attachRawSocket({ device: "lo", fnName: "filter" });
   * const packet = socket.receive(); // undefined: none yet
   */
  attachRawSocket({ fnName, device }: { readonly device?: Device } & ProgramName): SocketLink {
    return this.attach(fnName, { kind: "socket", device }) as SocketLink;
  }

  /**
   * As bcc's attach_func: attaches a program to a control group (`path`, since Linux 4.10), or to a map of sockets
   * (`fd`). The program must be loaded for it: see `programTypes` of load().
   *
   * @throws AttachError, PermissionError
   * @example
   * bpf.attachFunc({ path: "/sys/fs/cgroup/app", attachType: BPFAttachType.CGROUP_INET_EGRESS, fnName: "count" });
   */
  attachFunc({ fnName, ...point }: ObjectPoint & ProgramName): Link {
    return this.attach(fnName, { kind: "object", ...point });
  }

  /** As bcc's detach_func. Gives how many links it closed. */
  detachFunc({ fnName, path, fd }: Pick<ObjectPoint, "path" | "fd"> & ProgramName): number {
    return this.detachLinks("object", path ?? `descriptor ${fd}`, fnName);
  }
}
