import { BpfError } from "../../src/errors.ts";

/** An error in one line. */
export function reasonOf(error: unknown): string {
  const text = BpfError.is(error) ? `${error.code}: ${error.message}` : String(error);
  return (text.split("\n").find((line) => line.trim() !== "") ?? "").trim().slice(0, 240);
}
