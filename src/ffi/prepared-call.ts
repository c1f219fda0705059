import { BpfError } from "../errors.ts";
import { type FfiBindings, ffiBindings, refAddon } from "./native-addons.ts";
import { NativeBuffer } from "./native-buffer.ts";

/**
 * How a C value crosses: "i32" and "u32" as number, "i64" and "u64" as bigint, "pointer" and "size"
 * (unsigned, 64 bits) and "ssize" (signed, 64 bits) as number, exact below 2^53.
 */
export type CType = "i32" | "u32" | "i64" | "u64" | "pointer" | "size" | "ssize";
export type CResult = CType | "void";

export type JsValue<T extends CResult> = T extends "i64" | "u64"
  ? bigint
  : T extends "void"
    ? undefined
    : number;
type JsValues<P extends readonly CType[]> = { -readonly [I in keyof P]: JsValue<P[I]> };

export type PreparedCall<R extends CResult, P extends readonly CType[]> = (
  ...values: JsValues<P>
) => JsValue<R>;

const FFI_TYPE_NAMES: Readonly<Record<CResult, string>> = {
  i32: "int32",
  u32: "uint32",
  i64: "int64",
  u64: "uint64",
  pointer: "pointer",
  size: "uint64",
  ssize: "int64",
  void: "void",
};

/** One call's memory: a slot of eight bytes for the result, then one per argument, then their addresses. */
class Frame {
  readonly result: Buffer;
  readonly addresses: Buffer;
  readonly words: Int32Array;
  readonly wide: BigInt64Array;

  constructor(count: number) {
    const memory = NativeBuffer.alloc(8 + count * 16);
    for (let i = 0; i < count; i++) memory.setPointer(8 + (count + i) * 8, memory.address + 8 + i * 8);
    const buffer = memory.bytes.buffer;
    this.result = Buffer.from(buffer, 0, 8);
    this.addresses = Buffer.from(buffer, 8 + count * 8, count * 8);
    this.words = new Int32Array(buffer, 0, 2 + count * 2);
    this.wide = new BigInt64Array(buffer, 0, 1 + count);
  }
}

/**
 * A C function as a JavaScript function over memory that is allocated once: about 0.4 us a call, where
 * ffi-napi's own proxies take 10. It may be called again from a callback that it runs itself, because
 * libffi copies the arguments before the call and the result is read right after it.
 *
 * Arguments of the type "pointer" are addresses: the caller keeps their memory alive.
 */
export function prepare<R extends CResult, const P extends readonly CType[]>(
  address: number,
  returns: R,
  parameters: P,
): PreparedCall<R, P> {
  const { bind, cif } = signature(returns, parameters);
  const frame = new Frame(parameters.length);
  const { result, addresses, words, wide } = frame;
  const call = ffiBindings().ffi_call;
  return bind(call, cif, codeAt(address), result, addresses, words, wide) as PreparedCall<R, P>;
}

interface Signature {
  readonly bind: (...parts: readonly unknown[]) => unknown;
  readonly cif: Buffer;
}

const signatures = new Map<string, Signature>();

/** Made once: dozens of functions have a dozen signatures, and compiling one takes longer than calling it. */
function signature(returns: CResult, parameters: readonly CType[]): Signature {
  const name = `${returns}(${parameters.join()})`;
  let made = signatures.get(name);
  if (made === undefined) {
    const body = `return function (${valueNames(parameters).join(", ")}) {
      ${writes(parameters).join("\n      ")}
      call(cif, code, result, addresses);
      ${READS[returns]}
    };`;
    const bind = new Function("call", "cif", "code", "result", "addresses", "words", "wide", body);
    made = { bind: bind as Signature["bind"], cif: callInterface(ffiBindings(), returns, parameters) };
    signatures.set(name, made);
  }
  return made;
}

function valueNames(parameters: readonly CType[]): string[] {
  return parameters.map((_, index) => `v${index}`);
}

// All machines that Linux runs BPF on and that we support are little-endian.
function writes(parameters: readonly CType[]): string[] {
  return parameters.map((type, index) => {
    const slot = index + 1;
    if (type === "i64" || type === "u64") return `wide[${slot}] = v${index};`;
    const low = `words[${slot * 2}] = v${index};`;
    if (type === "i32" || type === "u32") return low;
    return `${low} words[${slot * 2 + 1}] = Math.floor(v${index} / 4294967296);`;
  });
}

const READS: Readonly<Record<CResult, string>> = {
  i32: "return words[0];",
  u32: "return words[0] >>> 0;",
  i64: "return wide[0];",
  u64: "return BigInt.asUintN(64, wide[0]);",
  pointer: "return (words[0] >>> 0) + (words[1] >>> 0) * 4294967296;",
  size: "return (words[0] >>> 0) + (words[1] >>> 0) * 4294967296;",
  ssize: "return (words[0] >>> 0) + words[1] * 4294967296;",
  void: "return undefined;",
};

/** libffi's description of a signature; it holds the buffers that it points to. */
export function callInterface(bindings: FfiBindings, returns: CResult, parameters: readonly CType[]): Buffer {
  const types = NativeBuffer.alloc(parameters.length * 8);
  parameters.forEach((type, index) => {
    types.setPointer(index * 8, ffiType(bindings, type));
  });
  const cif = Buffer.from(new ArrayBuffer(bindings.FFI_CIF_SIZE));
  const typeList = Buffer.from(types.bytes.buffer);
  const status = bindings.ffi_prep_cif(
    cif,
    parameters.length,
    bindings.FFI_TYPES[FFI_TYPE_NAMES[returns]] as Buffer,
    typeList,
    bindings.FFI_DEFAULT_ABI,
  );
  if (status !== bindings.FFI_OK) throw new BpfError("FFI", `libffi refuses a signature (status ${status})`);
  return Object.assign(cif, { typeList });
}

function ffiType(bindings: FfiBindings, type: CType): number {
  return refAddon().address(bindings.FFI_TYPES[FFI_TYPE_NAMES[type]] as Buffer);
}

function codeAt(address: number): Buffer {
  const slot = NativeBuffer.alloc(8);
  slot.setPointer(0, address);
  return refAddon().readPointer(Buffer.from(slot.bytes.buffer), 0, 1);
}
