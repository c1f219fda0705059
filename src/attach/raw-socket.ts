import { ClosedError } from "../errors.ts";
import { checkedErrno, lastErrno } from "../ffi/errno.ts";
import { errnoName } from "../ffi/errno-table.ts";
import { closeFd, libc } from "../ffi/libc.ts";
import { NativeBuffer } from "../ffi/native-buffer.ts";
import type { LoadedProgram } from "../load/loaded-object.ts";
import type { SocketPoint } from "../program/program.ts";
import { attachRefusal } from "./attach-refusal.ts";
import { FdLink } from "./fd-link.ts";
import { deviceIndex } from "./network-device.ts";

const AF_PACKET = 17;
/** SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC; the middle one as on x86-64 and arm64. */
const RAW = 3 | 0x800 | 0x80000;
/** ETH_P_ALL in the order of the network. */
const EVERY_PROTOCOL = 0x0300;
const SOL_SOCKET = 1;
const SO_ATTACH_BPF = 50;
const ADDRESS_BYTES = 20;
const MOST_BYTES = 1 << 18;

/** A packet socket with a filter. Its `fd` is the socket's. Closing it ends both. */
export class SocketLink extends FdLink {
  #room: NativeBuffer | undefined;

  constructor(target: string, fd: number) {
    super("socket", target, fd, 1);
  }

  /** The next packet that the filter let through, as much of it as the filter said; undefined when there is none yet. */
  receive(): Uint8Array | undefined {
    if (this.fd === -1) throw new ClosedError("the socket");
    this.#room ??= NativeBuffer.alloc(MOST_BYTES);
    const count = libc().read(this.fd, this.#room.address, MOST_BYTES);
    if (count >= 0) return Uint8Array.from(this.#room.bytes.subarray(0, count));
    const name = errnoName(lastErrno());
    if (name === "EAGAIN" || name === "EINTR") return undefined;
    checkedErrno(`read packets of ${this.target}`, count);
    return undefined;
  }
}

/**
 * Opens a packet socket with a filter: it gets what the program lets through. Requires Linux 3.19 and CAP_NET_RAW.
 *
 * Throws AttachError, PermissionError.
 */
export function attachSocket(program: LoadedProgram, { device }: SocketPoint): SocketLink {
  const index = device === undefined ? 0 : deviceIndex(device);
  const target = device === undefined ? "all devices" : String(device);
  const refuse = (what: string, hint?: string) =>
    attachRefusal(`${what} of ${target}`, target, lastErrno(), { needs: ["CAP_NET_RAW"], hint });
  // No protocol yet: until the filter is there it would get everything.
  const fd = libc().socket(AF_PACKET, RAW, 0);
  if (fd === -1) throw refuse("open a packet socket");
  try {
    const option = NativeBuffer.alloc(4);
    option.view.setInt32(0, program.fd, true);
    if (libc().setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, option.address, 4) === -1) {
      throw refuse(
        "filter a packet socket",
        "The context must be struct __sk_buff *skb, the type socket filter.",
      );
    }
    // struct sockaddr_ll: family, protocol, ifindex, …
    const address = NativeBuffer.alloc(ADDRESS_BYTES);
    address.view.setUint16(0, AF_PACKET, true);
    address.view.setUint16(2, EVERY_PROTOCOL, true);
    address.view.setInt32(4, index, true);
    if (libc().bind(fd, address.address, ADDRESS_BYTES) === -1) throw refuse("bind a packet socket");
  } catch (error) {
    closeFd(fd);
    throw error;
  }
  return new SocketLink(target, fd);
}
