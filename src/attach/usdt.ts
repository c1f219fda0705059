import { AttachError, SyscallError } from "../errors.ts";
import { lastErrno } from "../ffi/errno.ts";
import { errnoName } from "../ffi/errno-table.ts";
import { requireFeature } from "../kernel/features.ts";
import type { LoadedProgram } from "../load/loaded-object.ts";
import type { UsdtPoint } from "../program/program.ts";
import { differsByLocation, usdtName } from "../program/usdt.ts";
import { LibbpfLink } from "./libbpf-link.ts";
import type { Link } from "./link.ts";
import { LinkGroup } from "./link-group.ts";
import { linkToPlace } from "./uprobe.ts";

/**
 * Attaches a program to all places of a USDT probe. The kernel counts the probe's semaphore up while it is
 * attached, in processes that start later, too. Requires Linux 4.20; 5.15 where the probe's arguments lie elsewhere
 * at each place.
 *
 * Throws AttachError, UnsupportedError, PermissionError.
 */
export function attachUsdt(program: LoadedProgram, { probe, pid }: UsdtPoint): Link {
  const target = usdtName(probe);
  const differs = differsByLocation(probe);
  if (differs) requireFeature("attach cookies");
  const places = probe.locations.map((location, i) => ({ location, cookie: differs ? i : 0 }));
  return LinkGroup.attach("usdt", target, places, ({ location, cookie }) => {
    const link = linkToPlace(program, location, { pid, cookie, counter: location.semaphore });
    if (link !== 0) return new LibbpfLink("usdt", target, link);
    const errno = lastErrno();
    const what = `attach to the USDT probe ${target} in ${location.path}`;
    const cause = new SyscallError(what, errno, errnoName(errno));
    throw new AttachError(target, `cannot ${what}: ${errnoName(errno)}`, { cause });
  });
}
