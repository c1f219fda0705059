/** The macros that words for the compiler define or undefine: -DNAME, -DNAME=1, -D NAME, -UNAME. */
export function flagMacros(cflags: readonly string[]): ReadonlySet<string> {
  const names = cflags.flatMap((flag, i) => {
    const given = flag === "-D" || flag === "-U" ? cflags[i + 1] : /^-[DU](.+)$/.exec(flag)?.[1];
    return /^\w+/.exec(given ?? "")?.[0] ?? [];
  });
  return new Set(names);
}
