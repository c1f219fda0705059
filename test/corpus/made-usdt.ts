import { uprobePlace } from "../../src/attach/uprobe-place.ts";
import type { UsdtArgument, UsdtProbe } from "../../src/program/usdt.ts";
import type { USDT } from "../../src/usdt.ts";
import type { UsdtProbe as Enabled } from "./record-texts.ts";

const REGISTERS = ["di", "si", "dx", "cx", "r8", "r9"];
const ON_STACK = 6;

/**
 * Probes of programs that are not installed: each stands where libc's getenv begins and has twelve arguments, in
 * registers and on the stack. What can be seen of them is that a program reads the arguments and is attached.
 */
export function madeUsdt(enabled: readonly Enabled[]): USDT[] {
  if (enabled.length === 0) return [];
  const { path, fileOffset } = uprobePlace({ binary: "c", symbol: "getenv" });
  const places = REGISTERS.map((register): UsdtArgument => {
    return { size: 8, signed: false, place: { kind: "register", register, shift: 0 } };
  });
  for (let i = 1; i <= ON_STACK; i++) {
    places.push({ size: 8, signed: false, place: { kind: "memory", base: "sp", scale: 1, offset: 8 * i } });
  }
  const probes = enabled.map(({ probe, fnName }): [string, UsdtProbe] => {
    const [provider, name] = probe.includes(":") ? probe.split(":", 2) : ["made", probe];
    const locations = [{ path, fileOffset, semaphore: 0, arguments: places }];
    return [fnName, { provider: provider ?? "", name: name ?? "", locations }];
  });
  return [{ enabled: new Map(probes), pid: undefined } as unknown as USDT];
}
