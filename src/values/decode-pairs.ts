import type { Codec } from "./codec.ts";
import { CompiledCodec } from "./compile-codec.ts";
import { decodeHelpers } from "./decode-helpers.ts";
import { Constants, DecodeSource } from "./decode-source.ts";

/** Decodes `count` keys and values that lie in two arrays without gaps: what a batch read gives. */
export type PairDecoder<K, V> = (
  keys: DataView,
  values: DataView,
  valueStride: number,
  count: number,
) => [K, V][];

/** One loop for keys and values. Codecs that were not compiled are called for each entry. */
export function pairDecoder<K, V>(key: Codec<K>, value: Codec<V>): PairDecoder<K, V> {
  const constants = new Constants();
  const read = (codec: Codec<unknown>, view: string, base: string) =>
    codec instanceof CompiledCodec
      ? new DecodeSource(constants, decodeHelpers).expression(codec.shape, view, base)
      : `${constants.add("codec", codec)}.decode(${view},${base})`;
  const pair = `[${read(key, "k", "ko")},${read(value, "v", "vo")}]`;
  const body = `"use strict";return (k,v,stride,count)=>{
    const pairs=[];
    for(let i=0,ko=0,vo=0;i<count;i++,ko+=${key.size},vo+=stride)pairs.push(${pair});
    return pairs;
  }`;
  return new Function(...constants.names, body)(...constants.values) as PairDecoder<K, V>;
}
