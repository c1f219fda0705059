import type { Btf } from "./btf.ts";
import { DeclarationPrinter } from "./declaration-printer.ts";
import type { Declarations } from "./declarations.ts";
import { DeclaredNames } from "./declared-names.ts";
import { type DeclarationRequest, findReach } from "./reach.ts";

export type { Declarations } from "./declarations.ts";
export type { DeclarationRequest } from "./reach.ts";

/**
 * Writes C declarations of the kernel types that a program reaches, laid out exactly as BTF says.
 *
 * A type is wanted when its name is among the identifiers. A wanted struct is complete, with everything that
 * it contains by value. What a member points at is complete when the member's name is among the identifiers,
 * and only declared otherwise. An enumerator among the identifiers brings its enum; other enums come without
 * their enumerators, so that a name of the kernel's never meets one of the program's. What the program
 * defines itself is left out; where a kernel type contains such a type by value, the kernel's is written
 * under another name ("struct sock___kernel").
 *
 * The declarations themselves give no warning with clang's -Wall -Wextra. Kernel structs have misaligned
 * members, so a program that takes their address wants -Wno-address-of-packed-member.
 */
export function emitDeclarations(btf: Btf, request: DeclarationRequest): Declarations {
  const reach = findReach(btf, request);
  const names = new DeclaredNames(btf, request, reach);
  return new DeclarationPrinter(btf, request, reach, names).print();
}
