import { closeSync, constants, openSync } from "node:fs";
import { AttachError } from "../errors.ts";
import { ERRNO } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import type { LoadedProgram } from "../load/loaded-object.ts";
import type { ObjectPoint } from "../program/program.ts";
import { attachRefusal } from "./attach-refusal.ts";
import { FdLink } from "./fd-link.ts";
import type { Link } from "./link.ts";
import { OpenLink } from "./open-link.ts";

/**
 * Attaches a program to a control group, or to a map of sockets. Control groups have links since Linux 5.7, maps
 * of sockets since 6.10; before, a program stays with its map, which ends with the process.
 *
 * Throws AttachError, PermissionError.
 */
export function attachToObject(program: LoadedProgram, point: ObjectPoint): Link {
  const { path, fd: given, attachType, flags = 0 } = point;
  const target = path ?? `descriptor ${given}`;
  const opened = path === undefined ? undefined : openDirectory(path);
  const fd = opened ?? given;
  if (fd === undefined) throw new AttachError(target, "neither a path nor a descriptor is told");
  try {
    const link = flags === 0 ? libbpf().bpf_link_create(program.fd, fd, attachType, 0) : -ERRNO.EINVAL;
    if (link >= 0) {
      if (opened !== undefined) closeSync(opened);
      return new FdLink("object", target, link);
    }
    const result = libbpf().bpf_prog_attach(program.fd, fd, attachType, flags);
    if (result < 0)
      throw attachRefusal(`attach ${program.name} to ${target}`, target, -result, { hint: hintFor(-result) });
    // The link owns a descriptor of its own: what it is attached to must be there when it is detached.
    return new ObjectLink(program, target, fd, attachType, opened);
  } catch (error) {
    if (opened !== undefined) closeSync(opened);
    throw error;
  }
}

function hintFor(errno: number): string | undefined {
  if (errno !== ERRNO.EINVAL) return undefined;
  return "The program must be loaded for this kind of attachment: load(text, { programTypes }).";
}

function openDirectory(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (cause) {
    throw new AttachError(path, `there is no control group ${path}`, {
      cause,
      hint: "They are directories, usually below /sys/fs/cgroup.",
    });
  }
}

/** An attachment that is no descriptor. */
class ObjectLink extends OpenLink {
  readonly #program: number;
  readonly #attachType: number;
  readonly #opened: number | undefined;

  constructor(
    program: LoadedProgram,
    target: string,
    fd: number,
    attachType: number,
    opened: number | undefined,
  ) {
    super("object", target, fd);
    this.#program = program.fd;
    this.#attachType = attachType;
    this.#opened = opened;
  }

  override get missed(): undefined {
    return undefined;
  }

  protected override detach(fd: number): void {
    // Its result tells only whether it was still attached.
    libbpf().bpf_prog_detach2(this.#program, fd, this.#attachType);
    if (this.#opened !== undefined) closeSync(this.#opened);
  }
}
