import { isScalar } from "../program/scalar-map.ts";
import type { ActionPlace, ScriptAction, ScriptDescription, ScriptMapLayout } from "../program/script.ts";
import type { TypedAction, TypedMap, TypedScript } from "../program/tir.ts";
import { layoutOf } from "../program/type-layout.ts";
import type { SourceText, Span } from "../source/source-text.ts";
import { recordOffsets, recordSize } from "./lower-step.ts";

import type { LoweringOptions } from "./lowering-options.ts";

/** What user space must know to run a script. */
export function describeScript(
  script: TypedScript,
  { settings, source }: LoweringOptions,
): ScriptDescription {
  return {
    probes: script.probes.map(({ program, name, attach }) => ({ program, name, attach })),
    maps: script.maps.map(describeMap),
    actions: script.actions.map((action) => describeAction(action, source)),
    settings: {
      printMapsOnExit: settings.printMapsOnExit,
      maxStrlen: settings.maxStrlen,
      maxCatBytes: settings.maxCatBytes,
      maxProbes: settings.maxProbes,
      truncationTrailer: settings.truncationTrailer,
      stackMode: settings.stackMode,
      missingProbes: settings.missingProbes,
      perfRingPages: settings.perfRingPages,
      cppDemangle: settings.cppDemangle,
      seriesClock: settings.seriesClock,
    },
  };
}

function describeMap(map: TypedMap): ScriptMapLayout {
  const { name, table, key, value, kind } = map;
  return {
    name,
    table,
    keys: key === undefined ? undefined : layoutOf(key),
    keyParts: key?.kind === "tuple" ? key.items.length : 1,
    value: layoutOf(value),
    perCpu: kind.startsWith("percpu"),
    flagged: isScalar(map),
  };
}

function describeAction(action: TypedAction, main: SourceText): ScriptAction {
  const { arguments: types, span, callers, ...rest } = action;
  const offsets = recordOffsets(types);
  return {
    ...rest,
    size: recordSize(types),
    arguments: types.map((type, i) => ({ offset: offsets[i] ?? 0, layout: layoutOf(type) })),
    place: placeOf(span, main),
    ...(callers && { callers: callers.map((caller) => placeOf(caller, main)) }),
  };
}

function placeOf(span: Span, main: SourceText): ActionPlace {
  const { source = main } = span;
  const start = source.position(span.start);
  const end = source.position(span.end);
  return {
    line: start.line,
    column: start.column,
    ...(source !== main && { file: source.name, text: source.line(start.line) }),
    endColumn: end.line === start.line ? end.column : start.column + 1,
  };
}
