import type { UsdtArgument, UsdtLocation, UsdtProbe } from "../../program/usdt.ts";

/** By the name of the C function: the probe for which it runs. */
export type UsdtPrograms = ReadonlyMap<string, UsdtProbe>;

/** The C function that reads an argument, counted from 1, for a program. */
export function usdtReader(program: string, index: number): string {
  return `bcc_ts_usdt_${program}_${index}`;
}

/** The same for what an argument points to. */
export function usdtBufferReader(program: string, index: number): string {
  return `bcc_ts_usdt_buffer_${program}_${index}`;
}

/** How many arguments a probe has; where its locations differ, the most. */
export function argumentCount(probe: UsdtProbe): number {
  return Math.max(0, ...probe.locations.map((location) => location.arguments.length));
}

/** The readers of all arguments that programs of probes may ask for, as C. */
export function usdtReaders(programs: UsdtPrograms): string {
  return [...programs].flatMap(([name, probe]) => readersOf(name, probe)).join("\n");
}

/** Why an argument cannot be read, undefined when it can. */
export function unreadable(probe: UsdtProbe, index: number): string | undefined {
  for (const { arguments: all } of probe.locations) {
    const place = all[index - 1]?.place;
    if (place?.kind === "unknown") return place.text;
  }
  return undefined;
}

function readersOf(program: string, probe: UsdtProbe): string[] {
  return Array.from({ length: argumentCount(probe) }, (_, i) => reader(program, probe, i + 1)).flat();
}

function reader(program: string, probe: UsdtProbe, index: number): string[] {
  if (unreadable(probe, index) !== undefined) return [];
  const head = "static inline __attribute__((always_inline, unused)) int";
  return [
    `${head} ${usdtReader(program, index)}(struct pt_regs *ctx, void *to, unsigned long size) {`,
    `  u64 value; ${choice(probe.locations, index)}`,
    "  if (size == 8) *(u64 *)to = value; else if (size == 4) *(u32 *)to = bcc_ts_low32(value);",
    "  else if (size == 2) *(u16 *)to = value; else if (size == 1) *(u8 *)to = value; else return -1;",
    "  return 0;",
    "}",
    `${head} ${usdtBufferReader(program, index)}(struct pt_regs *ctx, void *to, unsigned long size) {`,
    `  u64 at = 0; if (${usdtReader(program, index)}(ctx, &at, sizeof(at)) < 0) return -1;`,
    "  return bpf_probe_read_user(to, size, (void *)at);",
    "}",
  ];
}

/** Sets `value`, by the cookie where the locations have the argument at different places. */
function choice(locations: readonly UsdtLocation[], index: number): string {
  const byPlace = new Map<string, number[]>();
  locations.forEach((location, i) => {
    const argument = location.arguments[index - 1];
    const code = argument === undefined ? "return -1;" : readArgument(argument);
    byPlace.set(code, [...(byPlace.get(code) ?? []), i]);
  });
  const [only] = byPlace.keys();
  if (byPlace.size === 1 && only !== undefined) return only;
  // Without what differs between the branches clang would merge their loads into one of a computed register.
  const apart = (i: number) => `__asm__ volatile("" : "+r"(value) : "i"(${i}));`;
  const cases = [...byPlace].map(
    ([code, at], i) => `${at.map((n) => `case ${n}:`).join(" ")} ${code} ${apart(i)} break;`,
  );
  return `switch (bpf_get_attach_cookie(ctx)) { ${cases.join(" ")} default: return -1; }`;
}

function readArgument({ size, signed, place }: UsdtArgument): string {
  const type = `${signed ? "s" : "u"}${size * 8}`;
  switch (place.kind) {
    case "constant":
      return `value = (u64)(${type})${BigInt.asUintN(64, BigInt(place.value))}ULL;`;
    case "register": {
      const shifted = place.shift === 0 ? "" : ` >> ${place.shift}`;
      return `value = (u64)(${type})(ctx->${place.register}${shifted});`;
    }
    case "memory": {
      const { base, index, scale, offset } = place;
      const parts = [`${offset}L`];
      if (base !== undefined) parts.push(`ctx->${base}`);
      if (index !== undefined) parts.push(`ctx->${index} * ${scale}`);
      return `{ ${type} read = 0; bpf_probe_read_user(&read, ${size}, (void *)(${parts.join(" + ")})); value = (u64)read; }`;
    }
    case "unknown":
      return "return -1;";
  }
}
