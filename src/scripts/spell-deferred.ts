import type { LoadedObject } from "../load/loaded-object.ts";
import { StackTraceMap } from "../maps/stack-trace-map.ts";
import { ipv4, ipv6 } from "../output/addresses.ts";
import { strftime } from "../output/strftime.ts";
import type { ScriptDescription } from "../program/script.ts";
import { systemCallName } from "../program/system-call-names.ts";
import type { DeferredLayout } from "../program/value-layout.ts";
import { kernelAddresses } from "../symbols/kernel-addresses.ts";
import { processAddresses } from "../symbols/process-addresses.ts";
import type { ScriptSpelling } from "../values/decode-script-value.ts";
import type { ScriptValue, StackValue } from "../values/script-value.ts";
import { atomicTime, bootTime } from "./boot-clock.ts";
import { cgroupPath, processName, signalText, systemErrorText, userName } from "./system-names.ts";

type Frame = StackValue["frames"][number];

const IPV6 = 6;
const DEFAULT_DEPTH = 127;

/** Spells what only user space can: symbols, stacks, times, names. */
export class Speller implements ScriptSpelling {
  readonly #object: LoadedObject;
  readonly #description: ScriptDescription;
  readonly #stacks = new Map<number, StackTraceMap>();
  readonly bootTime = bootTime();
  readonly atomicTime = atomicTime();

  constructor(object: LoadedObject, description: ScriptDescription) {
    this.#object = object;
    this.#description = description;
  }

  /** What str() reads is cut at a length; shorter texts have room of their own. */
  full(text: string, bytes: number): string {
    const { maxStrlen, truncationTrailer } = this.#description.settings;
    return bytes === maxStrlen ? text + truncationTrailer : text;
  }

  deferred(layout: DeferredLayout, view: DataView, offset: number): ScriptValue {
    const { what } = layout;
    if (what === "kstack" || what === "ustack") return this.#stack(layout, view, offset);
    if (what === "mac") return { kind: "spelled", what, text: macText(view, offset), value: 0n };
    if (what === "inet") return { kind: "spelled", what, text: addressText(view, offset), value: 0n };
    const value = view.getBigUint64(offset, true);
    const pid = what === "usym" ? view.getUint32(offset + 8, true) : 0;
    return { kind: "spelled", what, text: this.#text(layout, value, pid), value };
  }

  #text({ what, format, clock }: DeferredLayout, value: bigint, pid: number): string {
    switch (what) {
      case "ksym":
        return kernelFrame(value).symbol?.replace(/\+\d+$/, "") ?? hex(value);
      case "usym":
        return userFrame(value, pid).symbol?.replace(/\+\d+$/, "") ?? hex(value);
      case "strftime":
        return strftime(format ?? "", value + (clock === "tai" ? this.atomicTime : this.bootTime));
      case "cgroup-path":
        return cgroupPath(value);
      case "username":
        return userName(Number(value));
      case "probe":
        return this.#description.probes[Number(value)]?.name ?? "";
      case "process-name":
        return processName(Number(BigInt.asUintN(32, value)));
      case "errno":
        return systemErrorText(Number(BigInt.asIntN(32, value)));
      case "signal":
        return signalText(Number(BigInt.asIntN(32, value)));
      case "syscall":
        return systemCallName(Number(BigInt.asIntN(32, value)));
      default:
        return value.toString();
    }
  }

  #stack(layout: DeferredLayout, view: DataView, offset: number): StackValue {
    const id = Number(view.getBigInt64(offset, true));
    const depth = layout.depth ?? DEFAULT_DEPTH;
    const addresses = this.#stackMap(depth)?.walk(id) ?? [];
    const pid = layout.what === "ustack" ? view.getUint32(offset + 8, true) : undefined;
    const frames = addresses
      .slice(0, depth)
      .map((address) => (pid === undefined ? kernelFrame(address) : userFrame(address, pid)));
    return { kind: "stack", mode: layout.mode ?? this.#description.settings.stackMode, frames };
  }

  #stackMap(depth: number): StackTraceMap | undefined {
    const known = this.#stacks.get(depth);
    if (known !== undefined) return known;
    const loaded = this.#object.maps.get(`bt_stacks_${depth}`);
    if (loaded === undefined) return undefined;
    const map = new StackTraceMap(loaded);
    this.#stacks.set(depth, map);
    return map;
  }
}

function kernelFrame(address: bigint): Frame {
  const found = kernelAddresses().resolve(address);
  if (found === undefined) return { address };
  return { address, symbol: `${found.name}+${found.offset}`, module: found.module ?? "kernel" };
}

function userFrame(address: bigint, pid: number): Frame {
  const found = processAddresses(pid).resolve(Number(address));
  const symbol = found?.name === undefined ? undefined : `${found.name}+${found.offset ?? 0}`;
  return { address, symbol, module: found?.module };
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

function macText(view: DataView, offset: number): string {
  const bytes = Array.from({ length: 6 }, (_, index) => view.getUint8(offset + index));
  return bytes.map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join(":");
}

function addressText(view: DataView, offset: number): string {
  if (view.getUint32(offset, true) !== IPV6) return ipv4(view.getUint32(offset + 4, true));
  return ipv6(Array.from({ length: 16 }, (_, index) => view.getUint8(offset + 4 + index)));
}
