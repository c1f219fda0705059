import type { Btf } from "../btf/btf.ts";
import { spell } from "../btf/c-name.ts";
import type { Codec } from "./codec.ts";
import { decodeHelpers } from "./decode-helpers.ts";
import { Constants, DecodeSource } from "./decode-source.ts";
import type { EncodeFunction } from "./encode-function.ts";
import { encodeHelpers } from "./encode-helpers.ts";
import { compileEncode } from "./encode-source.ts";
import { isOpenEnded, type Shape } from "./shape.ts";
import { shapeOf } from "./shape-of.ts";

/**
 * The codec of a BTF type: 64-bit integers and pointers are bigint, smaller ones number, `char[N]` a
 * string, `u8[N]` a Uint8Array, structs plain objects. Throws BpfError "TYPE" when the type has no values
 * in memory (void, functions, structs that are only declared).
 */
export function codecFor<T = unknown>(btf: Btf, id: number): Codec<T> {
  return codecOf(shapeOf(btf, id), spell(btf, id));
}

/** The codec of memory whose type is unknown: a Uint8Array, copied. */
export function bytesCodec(size: number): Codec<Uint8Array> {
  return codecOf({ kind: "bytes", size }, `unsigned char [${size}]`);
}

/** The codec of a shape, its code written and compiled for it. */
export function codecOf<T = unknown>(shape: Shape, typeName: string): Codec<T> {
  return new CompiledCodec<T>(shape, typeName);
}

interface Decoders<T> {
  readonly decode: (view: DataView, offset: number) => T;
  readonly decodeMany: (view: DataView, offset: number, stride: number, count: number) => T[];
}

/** A codec that was generated; its shape lets two codecs be compiled into one loop. */
export class CompiledCodec<T> implements Codec<T> {
  readonly shape: Shape;
  readonly size: number;
  readonly typeName: string;
  readonly openEnded: boolean;
  readonly decode: Decoders<T>["decode"];
  readonly decodeMany: Decoders<T>["decodeMany"];
  private encodeZeroed: EncodeFunction | undefined;

  constructor(shape: Shape, typeName: string) {
    this.shape = shape;
    this.size = shape.size;
    this.typeName = typeName;
    this.openEnded = isOpenEnded(shape);
    const { decode, decodeMany } = compileDecoders<T>(shape);
    this.decode = decode;
    this.decodeMany = decodeMany;
  }

  encode(value: T, view: DataView, offset: number): void {
    this.encodeZeroed ??= compileEncode(this.shape, encodeHelpers);
    for (let at = offset; at < offset + this.size; at++) view.setUint8(at, 0);
    this.encodeZeroed(value, view, offset, "");
  }
}

function compileDecoders<T>(shape: Shape): Decoders<T> {
  const constants = new Constants();
  const expression = new DecodeSource(constants, decodeHelpers).expression(shape, "v", "o");
  const body = `"use strict";
    const decode=(v,o)=>(${expression});
    const decodeMany=(v,o,stride,count)=>{
      const values=[];
      for(let i=0;i<count;i++,o+=stride)values.push(${expression});
      return values;
    };
    return {decode,decodeMany};`;
  return new Function(...constants.names, body)(...constants.values) as Decoders<T>;
}
