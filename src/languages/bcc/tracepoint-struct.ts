import { BpfError } from "../../errors.ts";

/** Bytes. The kernel's records have 8192 at most; a damaged format may say anything. */
const LONGEST_RECORD = 65_536;

/** A field of a tracepoint's format file. */
interface FormatField {
  readonly declaration: string;
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
}

/** Scalars that the format declares narrower than it stores them, by bytes and signedness. */
const WIDENED: Readonly<Record<string, string>> = {
  "1s": "s8",
  "1u": "u8",
  "2s": "s16",
  "2u": "u16",
  "4s": "s32",
  "4u": "u32",
  "8s": "s64",
  "8u": "u64",
};

/** Bytes of the scalars that formats name; anything else keeps its spelling. */
const SCALAR_SIZE: Readonly<Record<string, number>> = {
  char: 1,
  "signed char": 1,
  "unsigned char": 1,
  bool: 1,
  u8: 1,
  short: 2,
  "unsigned short": 2,
  u16: 2,
  int: 4,
  unsigned: 4,
  "unsigned int": 4,
  u32: 4,
  pid_t: 4,
  uid_t: 4,
  gid_t: 4,
  long: 8,
  "unsigned long": 8,
  u64: 8,
};

/**
 * The struct that bcc gives a tracepoint program as its context: the first eight bytes are not for use, gaps
 * are filled, dynamic arrays become `data_loc_NAME`, and narrow scalars have the size they are stored in.
 *
 * @throws BpfError "TRACEPOINT_FORMAT" when the format is of no record
 */
export function tracepointStruct(category: string, event: string, format: string): string {
  const lines = [`struct tracepoint__${category}__${event} {`, "\tu64 __do_not_use__;"];
  let at = 8;
  for (const field of fields(format)) {
    if (field.offset < 8) continue;
    const end = field.offset + field.size;
    if (!(end <= LONGEST_RECORD)) throw tooLong(`${category}:${event}`, field);
    for (; at < field.offset; at++) lines.push(`\tchar __pad_${at};`);
    if (/\bcommon_/.test(field.declaration)) {
      for (; at < end; at++) lines.push(`\tchar __do_not_use__${at};`);
    } else lines.push(`\t${member(field)};`);
    at = Math.max(at, end);
  }
  lines.push("};");
  return lines.join("\n");
}

function tooLong(tracepoint: string, { declaration, offset, size }: FormatField): BpfError {
  const place = `${size} bytes at ${offset}`;
  return new BpfError("TRACEPOINT_FORMAT", `damaged format of ${tracepoint}: ${declaration} has ${place}`);
}

function fields(format: string): FormatField[] {
  const found: FormatField[] = [];
  const pattern = /^\s*field:([^;]+);\s*offset:(\d+);\s*size:(\d+);(?:\s*signed:(\d);)?/gm;
  for (const match of format.matchAll(pattern)) {
    found.push({
      declaration: (match[1] ?? "").trim(),
      offset: Number(match[2]),
      size: Number(match[3]),
      signed: match[4] === "1",
    });
  }
  return found;
}

function member(field: FormatField): string {
  const dynamic = /^__(rel_)?data_loc\s.*?(\w+)$/.exec(field.declaration);
  if (dynamic) return `int ${dynamic[1] === undefined ? "data_loc" : "rel_loc"}_${dynamic[2]}`;
  const array = /^(.*?)(\w+)\s*\[[^\]]*\]$/.exec(field.declaration);
  if (array) return arrayMember(array[1]?.trim() ?? "", array[2] ?? "", field);
  // An address space stands between a type and its star, where bcc's users see none.
  const declaration = field.declaration.replace(/\b__seg_[gf]s\s*/, "");
  const scalar = /^(.*?)(\w+)$/.exec(declaration);
  const type = scalar?.[1]?.trim() ?? "";
  const natural = SCALAR_SIZE[type.replace(/\bconst\b/g, "").trim()];
  if (scalar === null || natural === undefined || natural === field.size) return declaration;
  const wide = WIDENED[`${field.size}${field.signed ? "s" : "u"}`];
  return wide === undefined ? `char ${scalar[2]}[${field.size}]` : `${wide} ${scalar[2]}`;
}

/** The format may name the length by a kernel macro; its size is a number. */
function arrayMember(type: string, name: string, field: FormatField): string {
  const element = SCALAR_SIZE[type.replace(/\bconst\b/g, "").trim()];
  if (element === undefined || element === 0) return field.declaration;
  return `${type} ${name}[${field.size / element}]`;
}
