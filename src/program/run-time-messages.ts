/** What a script says of itself while it runs, whoever runs it. */
export const DIVIDED_BY_ZERO =
  "Divide or modulo by 0 detected. This can lead to unexpected results. 1 is being used as the result.";

export const MAP_FULL =
  "Map full; can't update element. Try increasing max_map_keys config or manually setting the max entries in a map declaration e.g. `let @a = hash(5000)`";
export const NOT_THERE = "Can't delete map element because it does not exist.";

/** What the kernel's functions that read memory give when they cannot. */
const READ_FAULTS: ReadonlyMap<number, string> = new Map([
  [1, "Operation not permitted"],
  [14, "Bad address"],
  // An address of the user's side, asked for as one of the kernel's.
  [34, "Numerical result out of range"],
]);

export function readFault(result: number): string {
  return READ_FAULTS.get(-result) ?? `error ${-result}`;
}
