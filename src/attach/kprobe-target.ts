/** Where a kprobe goes. */
export interface KprobeTarget {
  /** Name of a kernel function, of a module's too ("module:name"), or an address: "0xffffffff81234560". */
  readonly symbol: string;
  /** Bytes from its start, at the start of an instruction; 0 unless told. */
  readonly offset?: number | undefined;
  /** Run at the function's return instead of its entry. */
  readonly retprobe?: boolean;
}

/** "tcp_v4_connect", "tcp_v4_connect+0x10" */
export function kprobeName({ symbol, offset = 0 }: KprobeTarget): string {
  return offset === 0 ? symbol : `${symbol}+0x${offset.toString(16)}`;
}
