import type { Link, LinkKind } from "./attach/link.ts";
import type { LoadedProgram } from "./load/loaded-object.ts";
import { type ProgramInfo, programInfo } from "./load/program-info.ts";

/** What a link has seen of its programs' runs. */
export interface LinkStats {
  readonly program: string;
  readonly kind: LinkKind;
  readonly target: string;
  /** At how many places the program runs. */
  readonly count: number;
  /** Runs of a kprobe or kretprobe that were left out; undefined where the kernel does not tell (before Linux 6.7). */
  readonly missed: number | undefined;
}

/** What the kernel, and the buffers here, have counted since the program was loaded. */
export interface BpfStats {
  /** By the program's name. */
  readonly programs: Readonly<Record<string, ProgramInfo>>;
  /** Of those that are open. */
  readonly links: readonly LinkStats[];
  /** By the buffer's name: events that found no room. */
  readonly buffers: Readonly<Record<string, { readonly lost: number }>>;
}

/** "events" found no room in a buffer; "runs" of a program were left out by the kernel. */
export type LossKind = "events" | "runs";

/** Something that was lost. */
export interface Loss {
  /** A buffer's name, a probe ("kretprobe vfs_read") or a program. */
  readonly name: string;
  readonly count: number;
  readonly kind: LossKind;
}

/** Asks the kernel and the buffers. */
export function collectStats(
  programs: Iterable<LoadedProgram>,
  links: Iterable<readonly [Link, string]>,
  buffers: Iterable<readonly [string, { readonly lost: number }]>,
): BpfStats {
  return {
    programs: Object.fromEntries(Array.from(programs, ({ name, fd }) => [name, programInfo(fd)])),
    links: Array.from(links, ([{ kind, target, count, missed }, program]) => {
      return { program, kind, target, count, missed };
    }),
    buffers: Object.fromEntries(Array.from(buffers, ([name, { lost }]) => [name, { lost }])),
  };
}

/** The runs that were left out, by probe and by program. */
export function missedRuns({ programs, links }: BpfStats): Loss[] {
  const losses = links.map(({ kind, target, missed = 0 }) => loss(`${kind} ${target}`, missed, "runs"));
  for (const [name, { recursionMisses = 0n }] of Object.entries(programs)) {
    losses.push(loss(name, Number(recursionMisses), "runs"));
  }
  return losses.filter(({ count }) => count > 0);
}

/** The events that found no room, by buffer. */
export function lostEvents(buffers: Iterable<readonly [string, { readonly lost: number }]>): Loss[] {
  return Array.from(buffers, ([name, { lost }]) => loss(name, lost, "events")).filter(
    ({ count }) => count > 0,
  );
}

function loss(name: string, count: number, kind: LossKind): Loss {
  return { name, count, kind };
}
