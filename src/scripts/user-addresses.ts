import type { ScriptDescription } from "../program/script.ts";
import type { ValueLayout } from "../program/value-layout.ts";

/** Whether a script tells addresses of processes by name: user stacks and usym(). */
export function namesUserAddresses({ actions, maps }: ScriptDescription): boolean {
  const told = actions.flatMap((action) => action.arguments.map(({ layout }) => layout));
  const kept = maps.flatMap(({ keys, value }) => (keys === undefined ? [value] : [keys, value]));
  return [...told, ...kept].some(hasUserAddress);
}

function hasUserAddress(layout: ValueLayout): boolean {
  switch (layout.kind) {
    case "deferred":
      return layout.what === "usym" || (layout.what === "ustack" && layout.mode !== "raw");
    case "array":
      return hasUserAddress(layout.of);
    case "tuple":
      return layout.items.some((item) => hasUserAddress(item.layout));
    case "record":
      return layout.fields.some((field) => hasUserAddress(field.layout));
    default:
      return false;
  }
}
