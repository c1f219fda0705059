/** What kernel code writes for common sets of flags, the larger sets first, then each flag alone. */
const NAMES: readonly (readonly [name: string, bits: bigint])[] = [
  ["GFP_TRANSHUGE", 0x1c24can],
  ["GFP_TRANSHUGE_LIGHT", 0x1c20can],
  ["GFP_HIGHUSER_MOVABLE", 0x100ccan],
  ["GFP_HIGHUSER", 0x100cc2n],
  ["GFP_USER", 0x100cc0n],
  ["GFP_KERNEL_ACCOUNT", 0x400cc0n],
  ["GFP_KERNEL", 0xcc0n],
  ["GFP_NOFS", 0xc40n],
  ["GFP_ATOMIC", 0x820n],
  ["GFP_NOIO", 0xc00n],
  ["GFP_NOWAIT", 0x800n],
  ["GFP_DMA", 0x1n],
  ["GFP_DMA32", 0x4n],
  ["__GFP_HIGHMEM", 0x2n],
  ["__GFP_MOVABLE", 0x8n],
  ["__GFP_RECLAIMABLE", 0x10n],
  ["__GFP_HIGH", 0x20n],
  ["__GFP_IO", 0x40n],
  ["__GFP_FS", 0x80n],
  ["__GFP_ZERO", 0x100n],
  ["__GFP_DIRECT_RECLAIM", 0x400n],
  ["__GFP_WRITE", 0x1000n],
  ["__GFP_NOWARN", 0x2000n],
  ["__GFP_RETRY_MAYFAIL", 0x4000n],
  ["__GFP_NOFAIL", 0x8000n],
  ["__GFP_NORETRY", 0x10000n],
  ["__GFP_MEMALLOC", 0x20000n],
  ["__GFP_COMP", 0x40000n],
  ["__GFP_NOMEMALLOC", 0x80000n],
  ["__GFP_HARDWALL", 0x100000n],
  ["__GFP_THISNODE", 0x200000n],
  ["__GFP_ACCOUNT", 0x400000n],
  ["__GFP_ZEROTAGS", 0x800000n],
];

/**
 * The flags of a kernel allocation by their names: "GFP_KERNEL|__GFP_ZERO". The bits are those of Linux 6.1
 * and later; bits without a name follow in hexadecimal.
 */
export function gfpFlags(flags: bigint): string {
  let rest = BigInt.asUintN(64, flags);
  const names: string[] = [];
  for (const [name, bits] of NAMES) {
    if ((rest & bits) !== bits) continue;
    names.push(name);
    rest &= ~bits;
  }
  if (rest !== 0n) names.push(`0x${rest.toString(16)}`);
  return names.length === 0 ? "0" : names.join("|");
}
