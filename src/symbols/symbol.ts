/** An address told by name. */
export interface ResolvedSymbol {
  readonly name: string;
  /** Bytes from where the function begins. */
  readonly offset: number;
  /** The kernel's module, or the path of the library or program; undefined for the kernel itself. */
  readonly module: string | undefined;
}

/** How addresses are written, as bcc's show_offset and show_module. False unless told. */
export interface SymbolOptions {
  /** "vfs_read+0x10" */
  readonly showOffset?: boolean;
  /** "vfs_read [kernel]", "malloc [libc.so.6]" */
  readonly showModule?: boolean;
}

/** As bcc writes a symbol: "name+0x10 [module]", "[unknown]" for an address without one. */
export function formatSymbol(
  symbol: Partial<ResolvedSymbol> | undefined,
  { showOffset = false, showModule = false }: SymbolOptions = {},
  outside?: string,
): string {
  const { name, offset = 0, module = outside } = symbol ?? {};
  const place = showOffset && name !== undefined ? `+0x${offset.toString(16)}` : "";
  const file = module?.slice(module.lastIndexOf("/") + 1);
  return `${name ?? "[unknown]"}${place}${showModule && file !== undefined ? ` [${file}]` : ""}`;
}
