import type { DeferredKind, Type } from "../../program/types.ts";
import { typeName } from "./type-names.ts";

const DEFERRED: Readonly<Record<DeferredKind, string>> = {
  ksym: "ksym_t",
  usym: "usym_t",
  kstack: "kstack_t",
  ustack: "ustack_t",
  strftime: "timestamp",
  "cgroup-path": "cgroup_path_t",
  mac: "mac_address",
  inet: "inet",
  username: "username",
  probe: "string",
  errno: "string",
  signal: "string",
  syscall: "string",
  "process-name": "string",
};

/** What typeinfo() says of a type: its family, and how it is written in full. */
export function typeInfo(type: Type): { readonly base: string; readonly full: string } {
  switch (type.kind) {
    case "integer":
      return { base: type.enumeration === undefined ? "int" : "enum", full: typeName(type) };
    case "boolean":
      return { base: "bool", full: "bool" };
    case "struct":
      return { base: "c_struct", full: typeName(type) };
    case "none":
      return { base: "none", full: "none" };
    case "deferred":
      return { base: DEFERRED[type.what], full: DEFERRED[type.what] };
    case "aggregate":
      return { base: typeName(type), full: typeName(type) };
    default:
      return { base: type.kind, full: typeName(type) };
  }
}
