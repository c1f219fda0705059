/**
 * What a C type is made of before it is known whether it stands alone or in an array: the value's
 * TypeScript type, or a mark for the two that make arrays of their own kind.
 *
 * - `"char"`: `char` is a number, `char[N]` a string
 * - `"byte"`: `u8` is a number, `u8[N]` a Uint8Array
 */
export type Base = unknown;

/** A value that stands alone. */
export type ValueOf<B extends Base> = [B] extends ["char" | "byte"] ? number : B;

/** An array of values. */
export type ArrayOf<B extends Base> = [B] extends ["char"] ? string : [B] extends ["byte"] ? Uint8Array : B[];

/** Numbers up to 32 bits are number, wider ones bigint, as the run-time codec has it. */
export interface ScalarTypes {
  char: "char";
  u8: "byte";
  __u8: "byte";
  uint8_t: "byte";
  "unsigned char": "byte";
  s8: number;
  __s8: number;
  int8_t: number;
  "signed char": number;

  u16: number;
  u32: number;
  s16: number;
  s32: number;
  __u16: number;
  __u32: number;
  __s16: number;
  __s32: number;
  __be16: number;
  __be32: number;
  __le16: number;
  __le32: number;
  __sum16: number;
  __wsum: number;
  uint16_t: number;
  uint32_t: number;
  int16_t: number;
  int32_t: number;
  uint: number;
  ushort: number;
  short: number;
  "short int": number;
  "unsigned short": number;
  "unsigned short int": number;
  int: number;
  signed: number;
  "signed int": number;
  unsigned: number;
  "unsigned int": number;
  float: number;
  double: number;

  u64: bigint;
  s64: bigint;
  __u64: bigint;
  __s64: bigint;
  __be64: bigint;
  __le64: bigint;
  uint64_t: bigint;
  int64_t: bigint;
  uintptr_t: bigint;
  ulong: bigint;
  long: bigint;
  "long int": bigint;
  "long unsigned": bigint;
  "long unsigned int": bigint;
  "unsigned long": bigint;
  "unsigned long int": bigint;
  "long long": bigint;
  "long long int": bigint;
  "long long unsigned": bigint;
  "long long unsigned int": bigint;
  "signed long": bigint;
  "signed long long": bigint;
  "unsigned long long": bigint;
  "unsigned long long int": bigint;
  __int128: bigint;
  "signed __int128": bigint;
  "unsigned __int128": bigint;
  __int128_t: bigint;
  __uint128_t: bigint;
  "*": bigint;

  bool: boolean;
  _Bool: boolean;

  pid_t: number;
  uid_t: number;
  gid_t: number;
  dev_t: number;
  mode_t: number;
  umode_t: number;
  fmode_t: number;
  gfp_t: number;
  qid_t: number;
  projid_t: number;
  clockid_t: number;
  nlink_t: number;
  __kernel_pid_t: number;
  sa_family_t: number;
  socklen_t: number;
  size_t: bigint;
  ssize_t: bigint;
  ino_t: bigint;
  off_t: bigint;
  loff_t: bigint;
  sector_t: bigint;
  blkcnt_t: bigint;
  time_t: bigint;
  time64_t: bigint;
  ktime_t: bigint;
  cputime_t: bigint;
  dma_addr_t: bigint;
  phys_addr_t: bigint;
  resource_size_t: bigint;
  pgoff_t: bigint;
}
